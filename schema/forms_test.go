package schema

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"caseledger/domain"
	"caseledger/domain/assessment"
	"caseledger/domain/form"
	"caseledger/domain/identity"
	"caseledger/domain/note"
	"caseledger/domain/record"
	"caseledger/domain/referral"
	"caseledger/domain/restriction"
	"caseledger/eventstore"
)

// homeVisit is an authority's own definition; %s is its version and more
// questions.
const homeVisit = `{"form":"home-visit","version":%d,"title":"Home visit","from":"2026-01-01","sections":[
	{"section":"visit","title":"The visit","questions":[
		{"question":"seen","ask":"Was the child seen?","kind":"yes-no","required":true},
		{"question":"health","ask":"Health","kind":"text"},
		{"question":"child-views","ask":"What did the child say?","kind":"text","when":{"question":"seen","is":["yes"]},
			"known":{"event":"view.recorded","field":"/words","where":[{"field":"/whose","is":"child"}]}}%s]}],
	"acts":[{"act":"view","command":"view.record","fields":[{"field":"/view","new":true},{"field":"/whose","value":"child"},
		{"field":"/how","value":"spoken"},{"field":"/words","question":"child-views"}]}]}`

func visitForm(version int, more string) []byte { return fmt.Appendf(nil, homeVisit, version, more) }

// filling is a ledger with one record on which a core assessment is filled in.
type filling struct {
	*testing.T
	*Records
	n int
}

func newFilling(t *testing.T, texts ...[]byte) *filling {
	t.Helper()
	r, _ := newRecords(t, "2026-06-01T10:00:00Z")
	f := &filling{T: t, Records: r}
	f.take(texts...)
	registered(t, r, "one")
	f.do(identity.GiveName{Dated: dated("2026-01-05"), Kind: "legal", Given: "Ann", Family: "Example"})
	f.do(identity.RecordBirth{Dated: dated("2018-03-01")})
	f.do(referral.Receive{Dated: dated("2026-01-05"), Referral: "r1", Source: "1A", Need: "N1"})
	f.do(assessment.Start{Dated: dated("2026-01-06"), Assessment: "a1", Referral: "r1"})
	return f
}

// take lets the ledger go by other definitions.
func (f *filling) take(texts ...[]byte) {
	f.Helper()
	var err error
	if f.Forms, err = NewForms(texts...); err != nil {
		f.Fatal(err)
	}
}

func (f *filling) try(command any) error {
	f.n++
	_, err := f.Do(f.Context(), "one", act("f"+strconv.Itoa(f.n), command))
	return err
}

func (f *filling) do(command any) {
	f.Helper()
	if err := f.try(command); err != nil {
		f.Fatalf("%T: %v", command, err)
	}
}

func (f *filling) start(id form.ID, definition string) {
	f.Helper()
	c := form.Start{Dated: dated("2026-01-06"), Form: id, Definition: definition}
	if definition == "core-assessment" {
		c.Links = []form.Link{{Name: "assessment", ID: "a1"}}
	}
	f.do(c)
}

func given(question string, values ...string) form.Given {
	return form.Given{Question: question, Values: values}
}

func answers(id form.ID, day string, all ...form.Given) form.Answer {
	return form.Answer{Dated: dated(day), Form: id, Answers: all}
}

// record returns the record and how many entries it has.
func (f *filling) record() record.Record {
	f.Helper()
	r, _, err := f.Load(f.Context(), "one")
	if err != nil {
		f.Fatal(err)
	}
	return r
}

// value returns what a form of the record says in answer to a question.
func (f *filling) value(id form.ID, question string) form.Value {
	f.Helper()
	return f.Forms.Sheet(f.record(), id).Value(question)
}

func (f *filling) types(from int) []string {
	var names []string
	for _, e := range f.record().Entries[from:] {
		names = append(names, reflect.TypeOf(e.Event).String())
	}
	return names
}

// enough are answers by which a core assessment can be completed.
func enough() []form.Given {
	return []form.Given{given("reason", "A neighbour was worried."), given("health", "Well."), given("education", "Goes to school."),
		given("basic-care", "Fed and clothed."), given("safety", "Safe."), given("analysis", "Support is enough."), given("factors", "1A", "2B")}
}

func ruleNamesOf(err error) []string {
	var refused domain.Refusals
	errors.As(err, &refused)
	var names []string
	for _, one := range refused {
		names = append(names, one.Rule)
	}
	return names
}

func TestAnswersBecomeTheEventsOfTheCommandsAndOneFactEnteredOnceIsInEveryForm(t *testing.T) {
	f := newFilling(t, visitForm(1, ""))
	f.start("f1", "core-assessment")
	if v := f.value("f1", "given-name"); !slices.Equal(v.Values, []string{"Ann"}) || v.Entry != 2 || v.Day.String() != "2026-01-05" {
		t.Errorf("the name is prefilled with %+v", v)
	}
	if v := f.value("f1", "age"); !slices.Equal(v.Values, []string{"7"}) {
		t.Errorf("the age is %+v", v)
	}
	before := len(f.record().Entries)
	f.do(answers("f1", "2026-01-07", given("ethnicity", "WBRI"), given("child-views", "I like it here."), given("health", "Well.")))
	if got := f.types(before); !slices.Equal(got, []string{"form.Answered", "identity.EthnicityRecorded", "voice.Recorded"}) {
		t.Errorf("recorded were %v", got)
	}
	f.start("f2", "home-visit")
	f.do(answers("f2", "2026-01-08", given("seen", "yes")))
	if v := f.value("f2", "child-views"); !slices.Equal(v.Values, []string{"I like it here."}) || v.Entry != uint64(before+3) {
		t.Errorf("what the child said to one form is to the other %+v", v)
	}
	if v := f.value("f2", "health"); v.Entry != uint64(before+1) {
		t.Errorf("what one form found out is to the other %+v", v)
	}
	f.do(answers("f2", "2026-01-09", given("health", "A cough.")))
	if v := f.value("f1", "health"); !slices.Equal(v.Values, []string{"A cough."}) || v.Day.String() != "2026-01-09" {
		t.Errorf("a changed answer is %+v", v)
	}
	old, _ := f.record().Entry(uint64(before + 1))
	if a := old.Event.(form.Answered); a.Values[0] != "Well." {
		t.Error("the earlier answer is gone")
	}
	if err := f.try(answers("f1", "2026-01-10", given("health", "A cough."))); !slices.Equal(ruleNamesOf(err), []string{"answers-already-known"}) {
		t.Errorf("what is known is recorded again: %v", err)
	}
}

func TestACompletedFormPerformsItsActsAndStaysAsItWas(t *testing.T) {
	f := newFilling(t)
	f.start("f1", "core-assessment")
	f.do(answers("f1", "2026-01-07", enough()...))
	before := len(f.record().Entries)
	f.do(form.Complete{Dated: dated("2026-01-20"), Form: "f1"})
	if got := f.types(before); !slices.Equal(got, []string{"assessment.Completed", "form.Completed"}) {
		t.Errorf("recorded were %v", got)
	}
	if a := f.record().Assessments.Find("a1"); !slices.Equal(a.Completed.Fact.Factors, []string{"1A", "2B"}) {
		t.Errorf("the assessment is completed with %v", a.Completed.Fact)
	}
	f.do(identity.GiveName{Dated: dated("2026-02-01"), Kind: "legal", Given: "Anna", Family: "Example"})
	if v := f.value("f1", "given-name"); !slices.Equal(v.Values, []string{"Ann"}) {
		t.Errorf("the name in a completed form became %v", v.Values)
	}
	if err := f.try(answers("f1", "2026-02-02", given("health", "Other."))); !slices.Equal(ruleNamesOf(err), []string{"form-ended"}) {
		t.Errorf("a completed form is answered: %v", err)
	}
}

func TestARefusedCommandRecordsNoneOfTheAnswers(t *testing.T) {
	f := newFilling(t)
	f.start("f1", "core-assessment")
	before := len(f.record().Entries)
	for name, tt := range map[string]struct {
		answers []form.Given
		want    string
	}{
		"a text too long for the command": {[]form.Given{given("health", "Well."), given("child-views", strings.Repeat("x", 100_001))}, "command-not-acceptable"},
		"a rule of the other part":        {[]form.Given{given("health", "Well."), given("mother", "")}, ""},
	} {
		err := f.try(answers("f1", "2026-01-07", tt.answers...))
		var refused domain.Refusals
		if err == nil || tt.want != "" && (!errors.As(err, &refused) || refused[0].Rule != tt.want || strings.Contains(err.Error(), "xxx")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(f.record().Entries); n != before {
		t.Errorf("%d entries were recorded", n-before)
	}
}

func TestAFormInProgressStaysOnTheVersionItWasStartedWith(t *testing.T) {
	one, two := visitForm(1, ""), visitForm(2, `,{"question":"pets","ask":"Which animals?","kind":"text","required":true}`)
	f := newFilling(t, one)
	f.start("f1", "home-visit")
	f.take(one, two)
	f.start("f2", "home-visit")
	r := f.record()
	if a, b := f.Forms.Sheet(r, "f1").Definition.Version, f.Forms.Sheet(r, "f2").Definition.Version; a != 1 || b != 2 {
		t.Errorf("the forms are of version %d and %d", a, b)
	}
	if err := f.try(answers("f1", "2026-01-07", given("pets", "A dog."))); !slices.Equal(ruleNamesOf(err), []string{"question-unknown"}) {
		t.Errorf("a question of the next version is answered: %v", err)
	}
	f.do(answers("f1", "2026-01-07", given("seen", "no")))
	f.do(form.Complete{Dated: dated("2026-01-08"), Form: "f1"})
	if err := f.try(form.Complete{Dated: dated("2026-01-08"), Form: "f2"}); !slices.Equal(ruleNamesOf(err), []string{"form-incomplete"}) {
		t.Errorf("the second version asks no more than the first: %v", err)
	}
	f.take(one, visitForm(2, ""))
	if err := f.try(answers("f2", "2026-01-09", given("health", "Well."))); !slices.Equal(ruleNamesOf(err), []string{"form-definition-missing"}) {
		t.Errorf("a version was changed, and nobody noticed: %v", err)
	}
	if _, err := NewForms(one, two, visitForm(2, "")); err == nil {
		t.Error("two texts are one version")
	}
	f.do(form.Start{Dated: dated("2026-01-09"), Form: "f3", Definition: "home-visit", Version: 1})
	if v := f.Forms.Sheet(f.record(), "f3").Definition.Version; v != 1 {
		t.Errorf("a form started on version 1 is of version %d", v)
	}
}

func TestTextsAreKeptExactlyAsTheyWereTyped(t *testing.T) {
	f := newFilling(t)
	f.start("f1", "core-assessment")
	for i, text := range []string{strings.Repeat("é", 1<<20), "\x00\x01\u202e\ufeff\U0010ffff e\u0301 \u00e9", "<script>alert(1)</script><b>bold</b>&amp;", " \r\n\ttrailing \n"} {
		f.do(answers("f1", "2026-01-07", given("health", text)))
		if v := f.value("f1", "health"); len(v.Values) != 1 || v.Values[0] != text {
			t.Errorf("text %d came back otherwise", i)
		}
	}
	if err := f.try(answers("f1", "2026-01-07", given("health", strings.Repeat("x", 1<<20+1)))); err == nil {
		t.Error("a text without end is recorded")
	}
}

func TestWhoeverAnswersAFormIsToldWhichCommandsItBecomes(t *testing.T) {
	f := newFilling(t)
	f.start("f1", "core-assessment")
	for name, tt := range map[string]struct {
		command any
		want    []string
	}{
		"two acts":      {answers("f1", "2026-01-07", given("ethnicity", "WBRI"), given("health", "x"), given("address", "1 High Street")), []string{"person.record-address", "person.record-ethnicity"}},
		"a text":        {answers("f1", "2026-01-07", given("health", "x")), nil},
		"the end":       {form.Complete{Dated: dated("2026-01-07"), Form: "f1"}, []string{"assessment.complete"}},
		"a correction":  {Correction{Entry: 1, Reason: "x", Command: answers("f1", "2026-01-07", given("sex", "F"))}, []string{"person.record-sex"}},
		"no such form":  {form.Complete{Dated: dated("2026-01-07"), Form: "f9"}, nil},
		"other command": {identity.RecordDeath{Dated: dated("2026-01-07")}, nil},
	} {
		if got, err := f.Becomes(t.Context(), "one", tt.command); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, tt.want)
		}
	}
}

func TestADefinitionIsReadStrictlyAndAFaultNamesItsPlaceAndRule(t *testing.T) {
	text := string(visitForm(1, ""))
	f, err := NewForms()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadForm([]byte(text)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ change, to, want string }{
		"no version":               {`"version":1,`, ``, "/version: required"},
		"a kind that is none":      {`"kind":"yes-no"`, `"kind":"secret"`, "/sections/0/questions/0/kind: oneof="},
		"a member too many":        {`"title":"Home visit"`, `"title":"Home visit","secret":1`, "/secret: no member has this name"},
		"a member twice":           {`"title":"Home visit"`, `"title":"Home visit","title":"secret"`, "the text is not JSON"},
		"half a text":              {`"acts"`, ``, "the text is not JSON"},
		"an event that is none":    {`view.recorded`, `view.secret`, "/sections/0/questions/2/known/event: no event has this name"},
		"a member of no event":     {`"field":"/words","where"`, `"field":"/secret","where"`, "/sections/0/questions/2/known/field: the event has no such member"},
		"a member of another kind": {`"field":"/words","where"`, `"field":"/verbatim","where"`, "/sections/0/questions/2/known/field: the member cannot hold an answer of this kind"},
		"a condition on no member": {`"field":"/whose","is"`, `"field":"/secret","is"`, "/sections/0/questions/2/known/where/0/field: the event has no such member"},
		"a command that is none":   {`view.record"`, `view.secret"`, "/acts/0/command: no command has this name"},
		"a command of forms":       {`"view.record"`, `"form.answer"`, "/acts/0/command: a form does not fill in forms"},
		"a member of no command":   {`"/how"`, `"/secret"`, "/acts/0/fields/2/field: the command has no such member"},
		"a member twice over":      {`"/how"`, `"/whose"`, "/acts/0/fields/2/field: an earlier field gives this member its value"},
		"a member left out":        {`{"field":"/how","value":"spoken"},`, ``, "/acts/0/fields: a member that the command requires has no value"},
		"a value of another kind":  {`"/how"`, `"/verbatim/secret"`, "/acts/0/fields/2/field"},
		"what does not come back":  {`"event":"view.recorded","field":"/words","where":[{"field":"/whose","is":"child"}]`, `"event":"person.named","field":"/given"`, "/acts/0/fields/3/question: what is recorded by a command must be known"},
	} {
		_, err := f.ReadForm([]byte(strings.Replace(text, tt.change, tt.to, 1)))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(strings.ReplaceAll(err.Error(), "/secret:", ""), "secret") {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if _, err := f.ReadForm(make([]byte, MaxFormBytes+1)); err == nil {
		t.Error("a file without end is read")
	}
	other := strings.Replace(text, `"question":"health","ask":"Health","kind":"text"`, `"question":"health","ask":"Health","kind":"yes-no"`, 1)
	if _, err := NewForms([]byte(other)); err == nil || !strings.Contains(err.Error(), "/sections/0/questions/1/kind") {
		t.Errorf("a question is of another kind in another form: %v", err)
	}
}

func TestTheSchemasFitWhatComesWithTheProgram(t *testing.T) {
	for name, of := range map[string]func() ([]byte, error){"form": FormSchema, "view": ViewSchema} {
		text, err := of()
		var s struct {
			Properties map[string]any `json:"properties"`
		}
		if err != nil || json.Unmarshal(text, &s, json.RejectUnknownMembers(false)) != nil || s.Properties[name] == nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	if text, _ := FormSchema(); strings.Count(string(text), `"#/$defs/condition"`) < 6 {
		t.Errorf("conditions are not described:\n%s", text)
	}
}

// TestFormsAreWhatANaiveFoldSays draws answers to two forms on two versions,
// with late ones, and compares each answer with the latest one on record.
func TestFormsAreWhatANaiveFoldSays(t *testing.T) {
	forms, err := NewForms(visitForm(1, ""), visitForm(2, `,{"question":"pets","ask":"?","kind":"text"}`))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		entries := []domain.Entry{}
		add := func(e domain.Event, corrects uint64) {
			one := domain.Entry{Seq: uint64(len(entries) + 1), Event: e}
			if corrects > 0 {
				one.Corrects = &domain.Correction{Entry: corrects}
			}
			entries = append(entries, one)
		}
		questions := []string{"seen", "health", "child-views", "pets"}
		versions := map[form.ID]int{}
		for _, id := range []form.ID{"f1", "f2"} {
			versions[id] = rapid.IntRange(1, 2).Draw(t, "version")
			one := forms.version("home-visit", versions[id], "")
			add(form.Started{Dated: dated("2026-01-01"), Form: id, Definition: "home-visit", Version: versions[id], Hash: one.Hash}, 0)
		}
		type answer struct {
			day, value string
			entry      uint64
		}
		latest := map[string]answer{}
		for range rapid.IntRange(0, 20).Draw(t, "n") {
			q := rapid.SampledFrom(questions).Draw(t, "question")
			value := rapid.String().Filter(func(s string) bool { return s != "" && utf8.ValidString(s) }).Draw(t, "value")
			if q == "seen" {
				value = rapid.SampledFrom([]string{"yes", "no"}).Draw(t, "seen")
			}
			day := fmt.Sprintf("2026-01-0%d", rapid.IntRange(1, 9).Draw(t, "day"))
			add(form.Answered{Dated: dated(day), Form: rapid.SampledFrom([]form.ID{"f1", "f2"}).Draw(t, "form"), Question: q, Values: []string{value}}, 0)
			if day >= latest[q].day {
				latest[q] = answer{day, value, uint64(len(entries))}
			}
		}
		r := record.Fold(entries)
		for id, version := range versions {
			sheet := forms.Sheet(r, id)
			for _, q := range questions {
				want := latest[q]
				if q == "pets" && version == 1 || q == "child-views" && latest["seen"].value != "yes" {
					want = answer{}
				}
				got := sheet.Value(q)
				if got.Entry != want.entry || want.entry > 0 && !slices.Equal(got.Values, []string{want.value}) {
					t.Fatalf("%s of %s (version %d) is %+v, want %+v", q, id, version, got, want)
				}
			}
		}
	})
}

// secrets are texts that no view may show unless its list allows it: each
// question is answered with its own name.
func answeredAll(f *filling) {
	f.Helper()
	definition := f.Forms.latest("core-assessment", domain.Date{})
	f.start("f1", "core-assessment")
	var all []form.Given
	for _, q := range definition.All {
		switch {
		case q.Kind == form.Text && (q.Known == nil || definition.ActOf(q.Name) != nil) && q.Name != "postcode":
			all = append(all, given(q.Name, "<"+q.Name+">"))
		case q.Kind == form.YesNo:
			all = append(all, given(q.Name, "yes"))
		}
	}
	all = append(all, given("address", "<address>"), given("postcode", "<pc>"), given("factors", "1A"))
	if _, err := f.Do(f.Context(), "one", asManager("all", answers("f1", "2026-01-07", all...))); err != nil {
		f.Fatal(err)
	}
}

func asManager(request string, command any) eventstore.Act {
	a := act(request, command)
	a.Actor.Role = "manager"
	return a
}

func TestAViewShowsNothingThatItsListDoesNotAllow(t *testing.T) {
	f := newFilling(t)
	answeredAll(f)
	f.do(form.Complete{Dated: dated("2026-01-20"), Form: "f1"})
	definition := f.Forms.latest("core-assessment", domain.Date{})
	audiences := 0
	for _, v := range f.Forms.Views() {
		audiences++
		page, ok := f.Forms.Audience(f.record(), v, "")
		text, err := json.Marshal(page)
		if !ok || err != nil || len(page.LeftOut) == 0 {
			t.Fatalf("%s: %v, %v", v.Name, ok, err)
		}
		allowed := make(map[string]bool)
		for _, p := range v.Parts {
			for _, fact := range p.Facts {
				allowed[fact.Question] = true
			}
		}
		for _, q := range definition.All {
			shown := strings.Contains(string(text), "<"+q.Name+">") || q.Name == "postcode" && strings.Contains(string(text), "<pc>")
			if shown && !allowed[q.Name] {
				t.Errorf("%s shows %s", v.Audience, q.Name)
			}
			if (q.Kind == form.Text || q.Name == "address") && allowed[q.Name] && !shown && (q.Known == nil || definition.ActOf(q.Name) != nil) {
				t.Errorf("%s does not show %s", v.Audience, q.Name)
			}
		}
		if strings.Contains(string(text), "<third-party>") != (v.Audience == "social-worker") {
			t.Errorf("%s is told what was told in confidence", v.Audience)
		}
	}
	if audiences != 6 {
		t.Errorf("there are views for %d audiences", audiences)
	}
}

func TestARestrictionKeepsAnAddressAndAnInformantOutOfEveryViewOutsideTheAuthority(t *testing.T) {
	f := newFilling(t)
	answeredAll(f)
	f.do(form.Complete{Dated: dated("2026-01-20"), Form: "f1"})
	entry := f.value("f1", "reason").Entry
	f.do(restriction.WithholdAddress{Dated: dated("2026-01-21"), Restriction: "x1", From: []string{"father"}, Basis: "domestic-abuse"})
	f.do(restriction.ShieldInformant{Dated: dated("2026-01-21"), Restriction: "x2", Entries: []uint64{entry}, Reason: "A neighbour."})
	for _, v := range f.Forms.Views() {
		page, _ := f.Forms.Audience(f.record(), v, "f1")
		text, err := json.Marshal(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"<address>", "<pc>", "<reason>"} {
			if strings.Contains(string(text), secret) != v.Restricted {
				t.Errorf("%s: %s is shown otherwise than a restriction says", v.Audience, secret)
			}
		}
	}
}

func TestAViewLeavesOutWhatALaterVersionOfItsFormAsksBesides(t *testing.T) {
	var text []byte
	for _, one := range form.Shipped() {
		if strings.Contains(string(one), `"form": "core-assessment", "version": 1,`) {
			text = one
		}
	}
	later := strings.Replace(string(text), `"version": 1`, `"version": 2`, 1)
	later = strings.Replace(later, `{"question": "health", `, `{"question": "sleep", "ask": "Sleep", "kind": "text"}, {"question": "health", `, 1)
	f := newFilling(t, []byte(later))
	answeredAll(f)
	f.do(form.Complete{Dated: dated("2026-01-20"), Form: "f1"})
	if v := f.value("f1", "sleep"); !slices.Equal(v.Values, []string{"<sleep>"}) {
		t.Fatalf("the later version is not filled in: %+v", v)
	}
	for _, v := range f.Forms.Views() {
		page, ok := f.Forms.Audience(f.record(), v, "f1")
		shown, err := json.Marshal(page)
		if !ok || err != nil || strings.Contains(string(shown), "<sleep>") || !strings.Contains(string(shown), "Ann") && !strings.Contains(string(shown), "<given-name>") {
			t.Errorf("%s: %v, %v\n%s", v.Audience, ok, err, shown)
		}
	}
}

func TestAFormThatIsNotCompletedIsShownToNoAudience(t *testing.T) {
	f := newFilling(t)
	answeredAll(f)
	v, found := f.Forms.View("teacher", "core-assessment")
	if !found {
		t.Fatal("no view for a teacher")
	}
	for _, id := range []form.ID{"", "f1", "f9"} {
		if _, ok := f.Forms.Audience(f.record(), v, id); ok {
			t.Errorf("form %q is shown", id)
		}
	}
}

func TestASectionIsShownToItsReadersOnly(t *testing.T) {
	f := newFilling(t)
	answeredAll(f)
	for role, want := range map[string]bool{"manager": true, "records-officer": false} {
		page, ok := f.Forms.Page(f.record(), "f1", func(s form.Section) bool { return s.Open(role) })
		text, err := json.Marshal(page)
		if !ok || err != nil || strings.Contains(string(text), "<third-party>") != want || (len(page.Closed) == 0) != want {
			t.Errorf("%s: %v, %v, closed %v", role, ok, err, page.Closed)
		}
		if closed := f.Forms.Closed(f.record(), role); (len(closed) == 0) != want {
			t.Errorf("to %s %d entries are closed", role, len(closed))
		}
	}
}

func FuzzADefinitionIsReadOrRefusedByPlaceAndRule(f *testing.F) {
	f.Add(visitForm(1, ""))
	f.Add([]byte(`{"view":"v","version":1,"title":"V","form":"conference-report","formVersion":1,"audience":"teacher","readers":["manager"],"parts":[{"heading":"H","facts":[{"question":"health","words":"W"}]}],"withheld":[{"what":"x","why":"y","questions":["safety"]}]}`))
	f.Add([]byte(`{"form":"a","version":1,"title":"a","from":"2026-01-01","sections":[{"section":"a","title":"a","when":{"not":{"all":[{"question":"a","is":["x"]}]}},"questions":[{"question":"a","ask":"a","kind":"sum","calculate":{"sum":["a"]}}]}],"acts":[{"act":"a","command":"note.write","fields":[{"field":"/text/0/text","question":"a"}]}]}`))
	forms, err := NewForms()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, err := range []error{second(forms.ReadForm(text)), second(forms.ReadView(text))} {
			var faults form.Faults
			if err != nil && !errors.As(err, &faults) {
				t.Fatalf("%T: %v", err, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

// BenchmarkOpenAPrefilledFormOf200QuestionsOnARecordOf5000Entries opens a form
// that is warm in memory: half of the answers come from other entries.
func BenchmarkOpenAPrefilledFormOf200QuestionsOnARecordOf5000Entries(b *testing.B) {
	var questions, acts []string
	for i := range 200 {
		q := fmt.Sprintf(`{"question":"q-%d","ask":"Question %d","kind":"text"`, i, i)
		switch {
		case i > 0 && i%4 == 0:
			q = fmt.Sprintf(`{"question":"q-%d","ask":"Question %d","kind":"yes-no","when":{"question":"q-%d","is":["yes"]}`, i, i, i-4)
		case i%4 == 0:
			q = `{"question":"q-0","ask":"Question 0","kind":"yes-no"`
		case i%4 == 1:
			q += `,"known":{"event":"note.written","field":"/time","where":[{"field":"/kind","is":"visit"}]}`
		}
		questions = append(questions, q+"}")
	}
	text := fmt.Sprintf(`{"form":"large","version":1,"title":"Large","from":"2000-01-01","sections":[{"section":"all","title":"All","questions":[%s]}],"acts":[%s]}`,
		strings.Join(questions, ","), strings.Join(acts, ","))
	forms, err := NewForms([]byte(text))
	if err != nil {
		b.Fatal(err)
	}
	one := forms.latest("large", domain.Date{})
	entries := []domain.Entry{{Seq: 1, Event: form.Started{Dated: dated("2010-01-01"), Form: "f1", Definition: "large", Version: 1, Hash: one.Hash}}}
	for i := 1; i < 5000; i++ {
		d := domain.Dated{Happened: domain.NewDate(2010, 1, 1+i)}
		e := domain.Entry{Seq: uint64(i + 1), Event: note.Written{Dated: d, Note: note.ID(fmt.Sprint(i)), Kind: "office", Text: []note.Passage{{Text: "x"}}}}
		if i%20 == 3 {
			q := (i / 20) % 200
			value := "yes"
			if q%4 != 0 {
				value = strings.Repeat("An answer. ", 40)
			}
			e.Event = form.Answered{Dated: d, Form: "f1", Question: fmt.Sprintf("q-%d", q), Values: []string{value}}
		}
		entries = append(entries, e)
	}
	r := record.Fold(entries)
	b.ReportAllocs()
	for b.Loop() {
		page, ok := forms.Page(r, "f1", func(form.Section) bool { return true })
		if !ok || len(page.Sections[0].Questions) < 150 {
			b.Fatalf("%d questions are shown", len(page.Sections[0].Questions))
		}
	}
}
