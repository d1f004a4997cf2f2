package bundle

import (
	"slices"

	"caseledger/domain"
	"caseledger/domain/chronology"
	"caseledger/domain/redaction"
)

// Open begins a bundle.
type Open struct {
	domain.Dated
	Bundle     ID       `json:"bundle" validate:"required,max=64,printascii"`
	Title      string   `json:"title" validate:"required,max=300"`
	Court      string   `json:"court" validate:"required,max=200"`
	Case       string   `json:"case" validate:"required,max=100"`
	Parties    []string `json:"parties" validate:"required,min=1,max=50,dive,required,max=200"`
	Rules      string   `json:"rules" validate:"required,max=64,printascii"`
	Permission string   `json:"permission,omitempty" validate:"max=500"`
}

// Scope says what the bundle can draw on.
type Scope struct {
	domain.Dated
	Bundle    ID                   `json:"bundle" validate:"required,max=64,printascii"`
	Selection chronology.Selection `json:"selection"`
	Parts     []chronology.Part    `json:"parts" validate:"required,min=1,max=50,dive"`
}

// Arrange says which documents are relevant, and where they stand.
type Arrange struct {
	domain.Dated
	Bundle   ID        `json:"bundle" validate:"required,max=64,printascii"`
	Sections []Section `json:"sections" validate:"required,min=1,max=26,unique=Letter,dive"`
}

// Vary says for which readers the bundle is made.
type Vary struct {
	domain.Dated
	Bundle   ID        `json:"bundle" validate:"required,max=64,printascii"`
	Variants []Variant `json:"variants" validate:"required,min=1,max=20,unique=Variant,dive"`
}

// Review says that who acts has looked through the bundle.
type Review struct {
	domain.Dated
	Bundle ID     `json:"bundle" validate:"required,max=64,printascii"`
	Note   string `json:"note,omitempty" validate:"max=5000"`
}

// Freeze says what the bundle is of from now on.
type Freeze struct {
	domain.Dated
	Bundle ID `json:"bundle" validate:"required,max=64,printascii"`
	Stand
}

// Build records which file a variant became.
type Build struct {
	domain.Dated
	Bundle  ID     `json:"bundle" validate:"required,max=64,printascii"`
	Variant string `json:"variant" validate:"required,max=40,printascii"`
	SHA256  string `json:"sha256" validate:"required,len=64,hexadecimal"`
	Pages   int    `json:"pages" validate:"min=1,max=1000000"`
}

// Supplement adds documents that came late.
type Supplement struct {
	domain.Dated
	Bundle   ID        `json:"bundle" validate:"required,max=64,printascii"`
	Sections []Section `json:"sections" validate:"required,min=1,max=26,unique=Letter,dive"`
	Reason   string    `json:"reason" validate:"required,max=2000"`
	Stand
}

// Open decides on a new bundle.
func (b Bundle) Open(c Open) ([]domain.Event, error) {
	return []domain.Event{Opened{Dated: c.Dated, Bundle: c.Bundle, Title: c.Title, Court: c.Court, Case: c.Case, Parties: c.Parties,
			Rules: c.Rules, Permission: c.Permission}},
		domain.Refuse(domain.Rule{Name: "bundle-already-opened", Broken: !b.Opened.IsZero(),
			Reason: "A bundle with this id is already on the record: open the next one under another id."})
}

// Scope decides on what the bundle of a record that has so many entries can draw
// on.
func (b Bundle) Scope(c Scope, entries uint64) ([]domain.Event, error) {
	return []domain.Event{Scoped{Dated: c.Dated, Bundle: c.Bundle, Selection: c.Selection, Parts: c.Parts}},
		domain.Join(b.open(), domain.Refuse(
			domain.Rule{Name: "bundle-scope-unsound", Broken: !chronology.Sound(c.Parts, entries),
				Reason: "Each record is drawn on once, its entries in the order of their numbers and no later than the last one known; the first is this record."},
			domain.Rule{Name: "bundle-scope-is-empty", Broken: !slices.ContainsFunc(c.Parts, func(p chronology.Part) bool { return len(p.Entries) > 0 }),
				Reason: "The scope holds no entry."}))
}

// Arrange decides on the sections of the bundle of a record with such
// chronologies.
func (b Bundle) Arrange(c Arrange, cs chronology.Chronologies) ([]domain.Event, error) {
	return []domain.Event{Arranged{Dated: c.Dated, Bundle: c.Bundle, Sections: c.Sections}},
		domain.Join(b.open(), b.documents(c.Sections, nil, cs))
}

// Vary decides on the readers of the bundle of a record with such redactions;
// those of other records stand there, and are looked at when it is frozen and
// built.
func (b Bundle) Vary(c Vary, rs redaction.Redactions) ([]domain.Event, error) {
	unapproved := slices.ContainsFunc(c.Variants, func(v Variant) bool {
		return v.Redaction != "" && rs.Find(v.Redaction).State() != redaction.Decided
	})
	return []domain.Event{Varied{Dated: c.Dated, Bundle: c.Bundle, Variants: c.Variants}},
		domain.Join(b.open(), domain.Refuse(
			domain.Rule{Name: "bundle-redaction-not-approved", Broken: unapproved,
				Reason: "A variant names redactions that no second person has approved."}))
}

// Review decides on a look through a bundle that such people made.
func (b Bundle) Review(c Review, by string, authors []string) ([]domain.Event, error) {
	return []domain.Event{Reviewed{Dated: c.Dated, Bundle: c.Bundle, Note: c.Note}},
		domain.Refuse(
			b.known(),
			domain.Rule{Name: "bundle-incomplete", Broken: !b.Opened.IsZero() && !b.IsPlanned(),
				Reason: "A bundle that is looked through has a scope, sections and readers."},
			domain.Rule{Name: "bundle-reviewed-by-its-author", Broken: by == "" || slices.Contains(authors, by),
				Reason: "A bundle is looked through by somebody who made no part of it."})
}

// Freeze decides on what the bundle is of from now on.
func (b Bundle) Freeze(c Freeze) ([]domain.Event, error) {
	return []domain.Event{Frozen{Dated: c.Dated, Bundle: c.Bundle, Stand: c.Stand}},
		domain.Join(b.open(), domain.Refuse(
			b.reviewed(),
			domain.Rule{Name: "bundle-stand-unsound", Broken: !b.stands(c.Stand, b.Arranged.Fact.Sections),
				Reason: "What a bundle is frozen of names each record that it draws on, no earlier than it was scoped, and pages for each document."}))
}

// Build decides on a file of a variant. The same file again is no second fact:
// whoever has built it asks first.
func (b Bundle) Build(c Build) ([]domain.Event, error) {
	_, known := b.Variant(c.Variant)
	stand := b.Stand()
	return []domain.Event{Built{Dated: c.Dated, Bundle: c.Bundle, Variant: c.Variant, Edition: b.Edition(), SHA256: c.SHA256, Pages: c.Pages,
			Size: stand.Size, Root: stand.Root}},
		domain.Refuse(
			b.known(), b.frozen(), b.reviewed(),
			domain.Rule{Name: "bundle-variant-unknown", Broken: !b.Opened.IsZero() && !known,
				Reason: "The bundle has no variant of this name."},
			domain.Rule{Name: "bundle-already-built", Broken: !b.BuiltOf(c.Variant).IsZero(),
				Reason: "This variant was already built as it stands: build it again to get the same file."})
}

// Supplement decides on documents that came late, on a record with such
// chronologies.
func (b Bundle) Supplement(c Supplement, cs chronology.Chronologies) ([]domain.Event, error) {
	first, late := b.Sections()
	there := slices.Concat(first, late)
	lost := slices.ContainsFunc(c.Sections, func(s Section) bool {
		return !slices.ContainsFunc(first, func(f Section) bool { return f.Letter == s.Letter })
	})
	return []domain.Event{Supplemented{Dated: c.Dated, Bundle: c.Bundle, Sections: c.Sections, Reason: c.Reason, Stand: c.Stand}},
		domain.Join(domain.Refuse(
			b.known(), b.frozen(),
			domain.Rule{Name: "bundle-section-unknown", Broken: !b.Frozen.IsZero() && lost,
				Reason: "A late document stands at the end of a section that the bundle has."},
			domain.Rule{Name: "bundle-supplement-unsound", Broken: !b.Frozen.IsZero() && !b.stands(c.Stand, c.Sections),
				Reason: "What a supplement is made of names each record that the bundle draws on, and pages for each late document."}),
			b.documents(c.Sections, there, cs))
}

func (b Bundle) known() domain.Rule {
	return domain.Rule{Name: "bundle-unknown", Broken: b.Opened.IsZero(), Reason: "No bundle with this id was opened on the record."}
}

func (b Bundle) frozen() domain.Rule {
	return domain.Rule{Name: "bundle-not-frozen", Broken: !b.Opened.IsZero() && b.Frozen.IsZero(),
		Reason: "A bundle is frozen before it is built or supplemented."}
}

func (b Bundle) reviewed() domain.Rule {
	return domain.Rule{Name: "bundle-not-reviewed", Broken: !b.Opened.IsZero() && !b.IsReviewed(),
		Reason: "Somebody else has to look through the bundle as it is now."}
}

// open refuses what can only be done while the bundle is not frozen.
func (b Bundle) open() error {
	return domain.Refuse(b.known(), domain.Rule{Name: "bundle-frozen", Broken: !b.Frozen.IsZero(),
		Reason: "The bundle is frozen: what comes late is a supplement."})
}

// documents refuses sections that cannot stand beside those there are.
func (b Bundle) documents(sections, there []Section, cs chronology.Chronologies) error {
	seen := make(map[string]bool)
	for _, s := range there {
		for _, d := range s.Documents {
			seen[d.Document] = true
		}
	}
	var twice, unclear, outside, unbuilt bool
	for _, s := range sections {
		for _, d := range s.Documents {
			twice = twice || seen[d.Document]
			seen[d.Document] = true
			unclear = unclear || !d.clear()
			built := cs.Find(d.Chronology)
			outside = outside || !b.holds(d.Entries) || !b.drawsOn(built.Fact.Parts)
			unbuilt = unbuilt || d.Chronology != "" && built.IsZero()
		}
	}
	return domain.Refuse(
		domain.Rule{Name: "bundle-document-twice", Broken: twice,
			Reason: "Two documents of the bundle have the same id."},
		domain.Rule{Name: "bundle-document-unclear", Broken: unclear,
			Reason: "A document is a chronology, a paper, entries told in full, or a file: one of them."},
		domain.Rule{Name: "bundle-entries-outside-scope", Broken: outside,
			Reason: "A document tells of entries that are not in the bundle's scope."},
		domain.Rule{Name: "bundle-chronology-unknown", Broken: unbuilt,
			Reason: "A document is a chronology that was not built on the record."})
}

func (d Document) clear() bool {
	n := 0
	for _, said := range []bool{d.Chronology != "", d.Paper != "", len(d.Entries) > 0, d.File != ""} {
		if said {
			n++
		}
	}
	return n == 1
}

// holds reports whether all entries are in the scope.
func (b Bundle) holds(parts []chronology.Part) bool {
	for _, p := range parts {
		at := slices.IndexFunc(b.Scoped.Fact.Parts, func(s chronology.Part) bool { return s.Record == p.Record })
		if at < 0 || len(p.Entries) == 0 || p.Known != b.Scoped.Fact.Parts[at].Known {
			return false
		}
		for i, e := range p.Entries {
			if _, in := slices.BinarySearch(b.Scoped.Fact.Parts[at].Entries, e); !in || i > 0 && e <= p.Entries[i-1] {
				return false
			}
		}
	}
	return true
}

// drawsOn reports whether all entries that a chronology tells are in the scope.
func (b Bundle) drawsOn(parts []chronology.Part) bool {
	for _, p := range parts {
		at := slices.IndexFunc(b.Scoped.Fact.Parts, func(s chronology.Part) bool { return s.Record == p.Record })
		for _, e := range p.Entries {
			if at < 0 {
				return false
			}
			if _, in := slices.BinarySearch(b.Scoped.Fact.Parts[at].Entries, e); !in {
				return false
			}
		}
	}
	return true
}

// stands reports whether a stand is one of this bundle and of these documents.
func (b Bundle) stands(s Stand, sections []Section) bool {
	parts := b.Scoped.Fact.Parts
	if len(s.Known) != len(parts) {
		return false
	}
	for i, k := range s.Known {
		if k.Record != parts[i].Record || k.Entry < parts[i].Known {
			return false
		}
	}
	var want, have []string
	for _, section := range sections {
		for _, d := range section.Documents {
			want = append(want, d.Document)
		}
	}
	for _, p := range s.Reserved {
		have = append(have, p.Document)
	}
	return slices.Equal(want, have)
}
