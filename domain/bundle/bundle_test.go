package bundle_test

import (
	"slices"
	"strings"
	"testing"

	"caseledger/domain"
	"caseledger/domain/bundle"
	"caseledger/domain/chronology"
	"caseledger/domain/domaintest"
	"caseledger/domain/redaction"
)

var (
	on, rules = domaintest.On, domaintest.Rules
	ann, ben  = domain.RecordID(strings.Repeat("a", 32)), domain.RecordID(strings.Repeat("b", 32))
	scope     = []chronology.Part{{Record: ann, Known: 9, Entries: []uint64{1, 2, 5}}, {Record: ben, Known: 4, Entries: []uint64{3}}}
	told      = chronology.Chronologies{}.Evolve(7, chronology.Built{Chronology: "c1", Parts: []chronology.Part{{Record: ann, Entries: []uint64{2}}}}).
			Evolve(8, chronology.Built{Chronology: "c3", Parts: []chronology.Part{{Record: "cccc", Entries: []uint64{1}}}}).
			Evolve(9, chronology.Built{Chronology: "c4", Parts: []chronology.Part{{Record: ann, Entries: []uint64{2, 3}}}})
)

func section(letter string, documents ...bundle.Document) bundle.Section {
	return bundle.Section{Letter: letter, Title: "T", Documents: documents}
}

func entries(id string, of domain.RecordID, known uint64, numbers ...uint64) bundle.Document {
	return bundle.Document{Document: id, Entries: []chronology.Part{{Record: of, Known: known, Entries: numbers}}}
}

var (
	one       = bundle.Document{Document: "d1", Chronology: "c1"}
	two       = entries("d2", ann, 9, 1, 5)
	late      = bundle.Document{Document: "d3", File: strings.Repeat("0a", 32)}
	opened    = bundle.Opened{Dated: on("2026-01-05"), Bundle: "b1"}
	scoped    = bundle.Scoped{Dated: on("2026-01-05"), Bundle: "b1", Parts: scope}
	arranged  = bundle.Arranged{Dated: on("2026-01-05"), Bundle: "b1", Sections: []bundle.Section{section("A", one), section("B", two)}}
	varied    = bundle.Varied{Dated: on("2026-01-05"), Bundle: "b1", Variants: []bundle.Variant{{Variant: "court"}, {Variant: "mother"}}}
	reviewed  = bundle.Reviewed{Dated: on("2026-01-06"), Bundle: "b1"}
	frozen    = bundle.Frozen{Dated: on("2026-01-06"), Bundle: "b1", Stand: stand("d1", "d2")}
	supplied  = bundle.Supplemented{Dated: on("2026-01-07"), Bundle: "b1", Sections: []bundle.Section{section("B", late)}, Stand: stand("d3")}
	plan      = []bundle.Event{opened, scoped, arranged, varied}
	wholePlan = slices.Clip(append(slices.Clone(plan), reviewed, frozen))
)

func stand(documents ...string) bundle.Stand {
	s := bundle.Stand{Known: []bundle.Known{{Record: ann, Entry: 9}, {Record: ben, Entry: 6}}, Size: 20, Root: "r"}
	for _, d := range documents {
		s.Reserved = append(s.Reserved, bundle.Pages{Document: d, Pages: 2})
	}
	return s
}

// given folds steps recorded one after the other, whatever their days.
func given(events ...bundle.Event) bundle.Bundle {
	var all bundle.Bundles
	for i, e := range events {
		all = all.Evolve(uint64(i+10), e)
	}
	return all.Find("b1")
}

func built(variant string, edition int) bundle.Built {
	return bundle.Built{Dated: on("2026-01-06"), Bundle: "b1", Variant: variant, Edition: edition, SHA256: "s"}
}

func TestABundleIsOpenedOnceAndPlannedUntilItIsFrozen(t *testing.T) {
	for name, tt := range map[string]struct {
		given []bundle.Event
		when  func(bundle.Bundle) ([]domain.Event, error)
		want  []string
	}{
		"opened":              {nil, open, nil},
		"opened twice":        {plan, open, []string{"bundle-already-opened"}},
		"scoped":              {plan[:1], scopeOf(scope), nil},
		"scoped, not open":    {nil, scopeOf(scope), []string{"bundle-unknown"}},
		"scoped again":        {plan, scopeOf(scope), nil},
		"scoped when frozen":  {wholePlan, scopeOf(scope), []string{"bundle-frozen"}},
		"of more than is on":  {plan[:1], scopeOf([]chronology.Part{{Record: ann, Known: 10, Entries: []uint64{1}}}), []string{"bundle-scope-unsound"}},
		"of nothing":          {plan[:1], scopeOf([]chronology.Part{{Record: ann, Known: 9}}), []string{"bundle-scope-is-empty"}},
		"arranged":            {plan[:2], arrange(section("A", one, two)), nil},
		"arranged when built": {wholePlan, arrange(section("A", one)), []string{"bundle-frozen"}},
		"varied when frozen":  {wholePlan, vary(""), []string{"bundle-frozen"}},
		"a document twice":    {plan[:2], arrange(section("A", one), section("B", one)), []string{"bundle-document-twice"}},
		"a document of none":  {plan[:2], arrange(section("A", bundle.Document{Document: "d1"})), []string{"bundle-document-unclear"}},
		"a document of two":   {plan[:2], arrange(section("A", bundle.Document{Document: "d1", Chronology: "c1", Paper: "p"})), []string{"bundle-document-unclear"}},
		"a chronology of none": {plan[:2], arrange(section("A", bundle.Document{Document: "d1", Chronology: "c2"})),
			[]string{"bundle-chronology-unknown"}},
		"an entry not chosen":     {plan[:2], arrange(section("A", entries("d1", ann, 9, 1, 3))), []string{"bundle-entries-outside-scope"}},
		"an entry of another day": {plan[:2], arrange(section("A", entries("d1", ann, 8, 1))), []string{"bundle-entries-outside-scope"}},
		"entries out of order":    {plan[:2], arrange(section("A", entries("d1", ann, 9, 5, 1))), []string{"bundle-entries-outside-scope"}},
		"a chronology of another": {plan[:2], arrange(section("A", bundle.Document{Document: "d1", Chronology: "c3"})), []string{"bundle-entries-outside-scope"}},
		"a chronology of more":    {plan[:2], arrange(section("A", bundle.Document{Document: "d1", Chronology: "c4"})), []string{"bundle-entries-outside-scope"}},
		"of another record":       {plan[:2], arrange(section("A", entries("d1", "cccc", 9, 1))), []string{"bundle-entries-outside-scope"}},
		"no redactions":           {plan[:2], vary(""), nil},
		"approved redactions":     {plan[:2], vary("r1"), nil},
		"unapproved ones":         {plan[:2], vary("r2"), []string{"bundle-redaction-not-approved"}},
		"ones that are not there": {plan[:2], vary("r3"), []string{"bundle-redaction-not-approved"}},
	} {
		events, err := tt.when(given(tt.given...))
		if got := rules(err); !slices.Equal(got, tt.want) || len(events) != 1 {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func open(b bundle.Bundle) ([]domain.Event, error) { return b.Open(bundle.Open{Bundle: "b1"}) }

func scopeOf(parts []chronology.Part) func(bundle.Bundle) ([]domain.Event, error) {
	return func(b bundle.Bundle) ([]domain.Event, error) {
		return b.Scope(bundle.Scope{Bundle: "b1", Parts: parts}, 9)
	}
}

func arrange(sections ...bundle.Section) func(bundle.Bundle) ([]domain.Event, error) {
	return func(b bundle.Bundle) ([]domain.Event, error) {
		return b.Arrange(bundle.Arrange{Bundle: "b1", Sections: sections}, told)
	}
}

func vary(id redaction.ID) func(bundle.Bundle) ([]domain.Event, error) {
	sets := redaction.Redactions{}.Evolve(1, redaction.Proposed{Redaction: "r1"}).Evolve(2, redaction.Approved{Redaction: "r1"}).
		Evolve(3, redaction.Proposed{Redaction: "r2"})
	return func(b bundle.Bundle) ([]domain.Event, error) {
		return b.Vary(bundle.Vary{Bundle: "b1", Variants: []bundle.Variant{{Variant: "court", Redaction: id}}}, sets)
	}
}

func TestNobodyLooksThroughABundleThatTheyMade(t *testing.T) {
	for name, tt := range map[string]struct {
		given []bundle.Event
		by    string
		want  []string
	}{
		"another":       {plan, "sol-2", nil},
		"the author":    {plan, "sol-1", []string{"bundle-reviewed-by-its-author"}},
		"nobody":        {plan, "", []string{"bundle-reviewed-by-its-author"}},
		"unplanned":     {plan[:3], "sol-2", []string{"bundle-incomplete"}},
		"of none":       {nil, "sol-2", []string{"bundle-unknown"}},
		"again, frozen": {wholePlan, "sol-2", nil},
	} {
		_, err := given(tt.given...).Review(bundle.Review{Bundle: "b1"}, tt.by, []string{"clerk", "sol-1"})
		if got := rules(err); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestABundleIsFrozenOnlyAsItWasLookedThrough(t *testing.T) {
	backdated := arranged
	backdated.Dated = on("2025-12-31")
	unsound, short := stand("d1", "d2"), stand("d1")
	unsound.Known[1].Entry = 3
	for name, tt := range map[string]struct {
		given []bundle.Event
		stand bundle.Stand
		want  []string
	}{
		"looked through":             {append(slices.Clone(plan), reviewed), stand("d1", "d2"), nil},
		"not looked through":         {plan, stand("d1", "d2"), []string{"bundle-not-reviewed"}},
		"changed since":              {append(slices.Clone(plan), reviewed, varied), stand("d1", "d2"), []string{"bundle-not-reviewed"}},
		"changed since, of old date": {append(slices.Clone(plan), reviewed, backdated), stand("d1", "d2"), []string{"bundle-not-reviewed"}},
		"twice":                      {wholePlan, stand("d1", "d2"), []string{"bundle-frozen"}},
		"none":                       {nil, stand("d1", "d2"), []string{"bundle-unknown", "bundle-stand-unsound"}},
		"of less than was chosen":    {append(slices.Clone(plan), reviewed), unsound, []string{"bundle-stand-unsound"}},
		"without pages of one":       {append(slices.Clone(plan), reviewed), short, []string{"bundle-stand-unsound"}},
		"with pages of another":      {append(slices.Clone(plan), reviewed), stand("d1", "d3"), []string{"bundle-stand-unsound"}},
	} {
		_, err := given(tt.given...).Freeze(bundle.Freeze{Bundle: "b1", Stand: tt.stand})
		if got := rules(err); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestABundleIsBuiltOnceForEachReaderAndEdition(t *testing.T) {
	with := func(more ...bundle.Event) []bundle.Event { return append(slices.Clone(wholePlan), more...) }
	for name, tt := range map[string]struct {
		given   []bundle.Event
		variant string
		want    []string
	}{
		"frozen":                     {wholePlan, "court", nil},
		"for another reader":         {with(built("court", 0)), "mother", nil},
		"again":                      {with(built("court", 0)), "court", []string{"bundle-already-built"}},
		"for nobody known":           {wholePlan, "father", []string{"bundle-variant-unknown"}},
		"before it is frozen":        {append(slices.Clone(plan), reviewed), "court", []string{"bundle-not-frozen"}},
		"supplemented, not reviewed": {with(built("court", 0), supplied), "court", []string{"bundle-not-reviewed"}},
		"supplemented, and reviewed": {with(built("court", 0), supplied, reviewed), "court", nil},
		"the supplement again":       {with(supplied, reviewed, built("court", 1)), "court", []string{"bundle-already-built"}},
		"none":                       {nil, "court", []string{"bundle-unknown"}},
	} {
		events, err := given(tt.given...).Build(bundle.Build{Bundle: "b1", Variant: tt.variant, SHA256: "s"})
		if got := rules(err); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
		if b := events[0].(bundle.Built); len(tt.given) > 5 && (b.Size != 20 || b.Edition != given(tt.given...).Edition()) {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

func TestOnlyASupplementChangesAFrozenBundle(t *testing.T) {
	of := func(s ...bundle.Section) bundle.Supplement {
		var documents []string
		for _, one := range s {
			for _, d := range one.Documents {
				documents = append(documents, d.Document)
			}
		}
		return bundle.Supplement{Bundle: "b1", Sections: s, Stand: stand(documents...)}
	}
	short := of(section("B", late))
	short.Reserved = nil
	for name, tt := range map[string]struct {
		given []bundle.Event
		when  bundle.Supplement
		want  []string
	}{
		"a late document":     {wholePlan, of(section("B", late)), nil},
		"before it is frozen": {plan, of(section("B", late)), []string{"bundle-not-frozen"}},
		"of no bundle":        {nil, of(section("B", late)), []string{"bundle-unknown"}},
		"in a new section":    {wholePlan, of(section("C", late)), []string{"bundle-section-unknown"}},
		"one that is there":   {wholePlan, of(section("B", one)), []string{"bundle-document-twice"}},
		"one twice":           {append(slices.Clone(wholePlan), supplied), of(section("A", late)), []string{"bundle-document-twice"}},
		"without its pages":   {wholePlan, short, []string{"bundle-supplement-unsound"}},
	} {
		_, err := given(tt.given...).Supplement(tt.when, told)
		if got := rules(err); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestPagesThatWereReservedStayReservedAndLateOnesFollow(t *testing.T) {
	b := given(append(slices.Clone(wholePlan), supplied)...)
	var got []string
	for _, p := range b.Stand().Reserved {
		got = append(got, p.Document)
	}
	first, after := b.Sections()
	if !slices.Equal(got, []string{"d1", "d2", "d3"}) || len(first) != 2 || len(after) != 1 || b.Edition() != 1 {
		t.Errorf("%v, %v and %v, edition %d", got, first, after, b.Edition())
	}
	if len(wholePlan) != 6 || len(given(wholePlan...).Stand().Reserved) != 2 {
		t.Error("the bundle before the supplement has changed")
	}
}

func TestStepsToldInTheOrderOfTheirDaysAreTakenInTheOrderOfTheirEntries(t *testing.T) {
	second := supplied
	second.Sections = []bundle.Section{section("A", late)}
	var all bundle.Bundles
	all = all.Evolve(30, second).Evolve(20, supplied).Evolve(12, varied).Evolve(11, bundle.Varied{Bundle: "b1"})
	b := all.Find("b1")
	if b.Supplements[0].Entry != 20 || len(b.Varied.Fact.Variants) != 2 || len(all) != 1 || all.Find("b2").ID != "b2" {
		t.Errorf("%+v", b)
	}
}
