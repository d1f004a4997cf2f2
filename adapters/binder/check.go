package binder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/carlos7ags/folio/core"
	"github.com/carlos7ags/folio/reader"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Result is how a bundle stands to a rule.
type Result string

// The results of a rule.
const (
	Pass      Result = "pass"
	Fail      Result = "fail"
	Warn      Result = "warn"       // it would fail, but for a permission
	NotJudged Result = "not judged" // what the rule asks cannot be seen in the file alone
)

// Finding is how a bundle stands to one rule.
type Finding struct {
	Rule   string   `json:"rule"`
	Result Result   `json:"result"`
	Says   string   `json:"says,omitempty"`
	Pages  []string `json:"pages,omitempty"` // labels of those that fail
	Source string   `json:"source"`
}

// Given is what is known of a bundle besides its file.
type Given struct {
	Permission string    // the order that allows more pages than the limit
	Manifest   *Manifest // as Build returned it; without it nobody can tell which pages came late
}

// ErrUnreadable says that a file to be checked is no PDF that can be read.
var ErrUnreadable = errors.New("binder: the file cannot be read as a PDF")

// Check says of each rule how a PDF stands to it, whoever made it.
func Check(ctx context.Context, file []byte, rules Rules, given Given) (findings []Finding, err error) {
	c, err := openCheck(ctx, file)
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil { // of a library, on a file that is damaged on purpose
			findings, err = nil, ErrUnreadable
		}
	}()
	c.given = given
	if err := c.read(ctx); err != nil {
		return nil, err
	}
	for _, rule := range rules.Rules {
		f := c.judge(rule)
		f.Rule, f.Source = rule.Rule, rule.Source
		findings = append(findings, f)
	}
	return findings, nil
}

// Labels returns the label of each page of a PDF, as a viewer shows it.
func Labels(ctx context.Context, file []byte) (labels []string, err error) {
	c, err := openCheck(ctx, file)
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil { // as in Check
			labels, err = nil, ErrUnreadable
		}
	}()
	labels, _ = c.readLabels(c.r.PageCount())
	return labels, nil
}

// check is a file being checked.
type check struct {
	r        *reader.PdfReader
	u        *upload
	given    Given
	labels   []string
	numbered bool        // the file has labels of its own
	pageOf   map[int]int // by the number of its object
	texts    []string    // of each page, one space between words
	words    []bool      // of each page: it has text besides its foot
	small    []float64   // of each page: its smallest type, or 0
	sideways []bool
	loose    []map[string]bool // of each page: fonts that are not embedded
}

// openCheck reads the file with a library that finds out about loops before it is
// read with one that does not.
func openCheck(ctx context.Context, file []byte) (c *check, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = nil, ErrUnreadable
		}
	}()
	u, err := openUpload(ctx, "", file)
	var fault *DocumentError
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.As(err, &fault) && fault.Fault != Active && fault.Fault != Layers && fault.Fault != TooManyPages {
		return nil, fmt.Errorf("%w: it %s", ErrUnreadable, fault.Fault)
	}
	nodes := 0
	if u == nil || !u.isTree(u.at(u.catalog(), "Pages"), &nodes, 0) {
		return nil, ErrUnreadable
	}
	r, err := reader.ParseWithOptions(file, reader.ReadOptions{Strictness: reader.StrictnessStrict})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return &check{r: r, u: u, pageOf: map[int]int{}}, nil
}

// maxNodes bounds a tree of pages.
const maxNodes = 10 * MaxPages

// isTree says whether the tree of pages ends: one that leads back to itself does
// not, and one whose branches lead to the same place, again and again, takes too
// long. Nodes counts those seen.
func (u *upload) isTree(node types.Object, nodes *int, depth int) bool {
	if *nodes++; *nodes > maxNodes || depth > maxDepth {
		return false
	}
	kids, err := u.file.DereferenceArray(u.at(u.dict(node), "Kids"))
	return err == nil && !slices.ContainsFunc(kids, func(kid types.Object) bool { return !u.isTree(kid, nodes, depth+1) })
}

// read looks at each page once.
func (c *check) read(ctx context.Context) error {
	n := c.r.PageCount()
	c.labels, c.numbered = c.readLabels(n)
	c.numberPages(c.r.Catalog().Get("Pages"), 0)
	for i := range n {
		if err := ctx.Err(); err != nil {
			return err
		}
		page, err := c.r.Page(i)
		if err != nil {
			return ErrUnreadable
		}
		spans, err := page.TextSpans()
		if err != nil {
			return ErrUnreadable
		}
		c.readText(spans, page.Rotate)
		c.loose = append(c.loose, c.looseFonts(i+1))
	}
	return nil
}

func (c *check) readText(spans []reader.TextSpan, rotate int) {
	var all strings.Builder
	words, small, level, turned := false, 0.0, 0, 0
	for i, s := range spans {
		if before := spans[max(i-1, 0)]; math.Abs(s.Y-before.Y) > 1 || s.X-before.X-before.Width > s.Height/10 || s.X < before.X {
			all.WriteByte(' ')
		}
		all.WriteString(s.Text)
		if strings.TrimSpace(s.Text) == "" {
			continue
		}
		m := s.Matrix
		if points := s.Height * math.Sqrt(math.Abs(m[0]*m[3]-m[1]*m[2])); points > 0 && (small == 0 || points < small) {
			small = points
		}
		if s.Tag == "Artifact" {
			continue
		}
		words = true
		if angle := math.Round(math.Atan2(m[1], m[0])*2/math.Pi) - float64(rotate/90); math.Mod(angle, 4) == 0 {
			level++
		} else {
			turned++
		}
	}
	c.texts = append(c.texts, " "+strings.Join(strings.Fields(all.String()), " ")+" ")
	c.words, c.small, c.sideways = append(c.words, words), append(c.small, small), append(c.sideways, turned > level)
}

// looseFonts are the fonts of a page that are not embedded.
func (c *check) looseFonts(page int) map[string]bool {
	d, _, inherited, err := c.u.file.PageDict(page, false)
	if err != nil {
		return nil
	}
	resources := c.u.at(d, "Resources")
	if resources == nil && inherited != nil {
		resources = inherited.Resources
	}
	c.u.fonts = map[string]bool{}
	c.u.seeFonts(resources, map[int]bool{}, 0)
	return c.u.fonts
}

func (u *upload) seeFonts(object types.Object, seen map[int]bool, depth int) {
	if ref, isRef := object.(types.IndirectRef); isRef {
		if seen[ref.ObjectNumber.Value()] {
			return
		}
		seen[ref.ObjectNumber.Value()] = true
	}
	o, err := u.file.Dereference(object)
	if err != nil || depth > maxDepth {
		return
	}
	switch o := o.(type) {
	case types.StreamDict:
		u.seeFonts(u.at(o.Dict, "Resources"), seen, depth+1)
	case types.Array:
		for _, value := range o {
			u.seeFonts(value, seen, depth+1)
		}
	case types.Dict:
		u.noteFont(o)
		for key, value := range o {
			if key != "Parent" {
				u.seeFonts(value, seen, depth+1)
			}
		}
	}
}

// dictionary, list and string read an object, whether it is named or stands there.
func (c *check) dictionary(o core.PdfObject) *core.PdfDictionary {
	o, err := c.r.ResolveObject(o)
	if d, is := o.(*core.PdfDictionary); is && err == nil {
		return d
	}
	return core.NewPdfDictionary()
}

func (c *check) list(o core.PdfObject) []core.PdfObject {
	if o == nil {
		return nil
	}
	o, err := c.r.ResolveObject(o)
	a, is := o.(*core.PdfArray)
	if !is || err != nil {
		return nil
	}
	var all []core.PdfObject
	for _, value := range a.All() {
		all = append(all, value)
	}
	return all
}

func (c *check) get(d *core.PdfDictionary, key string) *core.PdfDictionary {
	if value := d.Get(key); value != nil {
		return c.dictionary(value)
	}
	return core.NewPdfDictionary()
}

func (c *check) words16(o core.PdfObject) string {
	if o == nil {
		return ""
	}
	o, _ = c.r.ResolveObject(o)
	s, is := o.(*core.PdfString)
	if !is {
		return ""
	}
	rest, isWide := strings.CutPrefix(s.Text(), "\xfe\xff")
	if !isWide {
		return s.Text()
	}
	var units []uint16
	for i := 0; i+1 < len(rest); i += 2 {
		units = append(units, uint16(rest[i])<<8|uint16(rest[i+1]))
	}
	return string(utf16.Decode(units))
}

// readLabels returns the label of each page: its number, where the file has none.
func (c *check) readLabels(n int) ([]string, bool) {
	nums := c.list(c.get(c.r.Catalog(), "PageLabels").Get("Nums"))
	runs := make(map[int]*core.PdfDictionary) // by the page with which each begins, from 0
	for k := 0; k+1 < len(nums); k += 2 {
		if at, isNumber := nums[k].(*core.PdfNumber); isNumber {
			runs[at.IntValue()] = c.dictionary(nums[k+1])
		}
	}
	labels := make([]string, n)
	prefix, style, next := "", "D", 1
	for i := range labels {
		if run, begins := runs[i]; begins {
			prefix, style, next = c.words16(run.Get("P")), "", 1
			if s, isName := run.Get("S").(*core.PdfName); isName {
				style = s.Value
			}
			if st, isNumber := run.Get("St").(*core.PdfNumber); isNumber {
				next = st.IntValue()
			}
		}
		labels[i] = prefix + styled(next, style)
		next++
	}
	return labels, len(nums) > 0
}

// maxLettered bounds a number that is written in letters: one of three thousand
// pages has over a hundred of them.
const maxLettered = 10_000

// styled writes a number as the labels of pages do (ISO 32000-1, table 159): D as
// digits, R as Roman numerals, A as letters (A to Z, then AA to ZZ), r and a in small
// ones. In no style it is nothing.
func styled(n int, style string) string {
	switch lettered := 0 < n && n <= maxLettered; {
	case style == "R" && lettered:
		return roman(n)
	case style == "r" && lettered:
		return strings.ToLower(roman(n))
	case style == "A" && lettered:
		return strings.Repeat(string(rune('A'+(n-1)%26)), 1+(n-1)/26)
	case style == "a" && lettered:
		return strings.Repeat(string(rune('a'+(n-1)%26)), 1+(n-1)/26)
	case style == "":
		return ""
	}
	return fmt.Sprint(n)
}

func roman(n int) string {
	var out strings.Builder
	for _, step := range []struct {
		value int
		text  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= step.value; n -= step.value {
			out.WriteString(step.text)
		}
	}
	return out.String()
}

// numberPages notes which object is which page.
func (c *check) numberPages(node core.PdfObject, depth int) {
	d := c.dictionary(node)
	kids := c.list(d.Get("Kids"))
	if ref, isRef := node.(*core.PdfIndirectReference); isRef && len(kids) == 0 {
		c.pageOf[ref.Num()] = len(c.pageOf)
	}
	for _, kid := range kids {
		if depth < maxDepth {
			c.numberPages(kid, depth+1)
		}
	}
}

// lands returns the page that a link or a bookmark leads to, or -1.
func (c *check) lands(d *core.PdfDictionary) int {
	dest := d.Get("Dest")
	if dest == nil {
		dest = c.get(d, "A").Get("D")
	}
	if place := c.list(dest); len(place) > 0 {
		if ref, isRef := place[0].(*core.PdfIndirectReference); isRef {
			if page, known := c.pageOf[ref.Num()]; known {
				return page
			}
		}
	}
	return -1
}

// names says whether a text has a label as a word of its own.
func names(text, label string) bool {
	text = " " + strings.NewReplacer("(", " ", ")", " ", "–", " ", ",", " ").Replace(text) + " "
	return strings.Contains(text, " "+label+" ")
}

// on makes a finding of the pages that fail.
func (c *check) on(fails func(page int) bool, says string) Finding {
	f := Finding{Result: Pass}
	for i, label := range c.labels {
		if fails(i) {
			f.Pages = append(f.Pages, label)
		}
	}
	if len(f.Pages) > 0 {
		f.Result, f.Says = Fail, says
	}
	return f
}

func (c *check) judge(rule Rule) Finding {
	switch rule.Rule {
	case "page-limit":
		return c.limit(rule.Limit)
	case "labels":
		if !c.numbered {
			return Finding{Result: Fail, Says: "the file has no page labels"}
		}
		if m := c.given.Manifest; m != nil && !slices.Equal(c.labels, m.Labels) {
			return Finding{Result: Fail, Says: "the page labels are not those of the manifest"}
		}
		return c.on(func(i int) bool { return !strings.Contains(c.texts[i], " "+c.labels[i]+" ") }, "the label that the viewer shows does not stand on the page")
	case "index-links":
		return c.links()
	case "bookmarks":
		return c.bookmarks()
	case "font-size":
		return c.on(func(i int) bool { return c.small[i] > 0 && c.small[i] < float64(rule.Limit)-0.05 }, fmt.Sprintf("type smaller than %d points", rule.Limit))
	case "fonts-embedded":
		return c.on(func(i int) bool { return len(c.loose[i]) > 0 }, "a font is not embedded")
	case "searchable":
		return c.on(func(i int) bool { return !c.words[i] }, "no text that can be searched")
	case "view":
		return c.view(rule.Limit)
	case "upright":
		return c.on(func(i int) bool { return c.sideways[i] }, "the text does not run from left to right")
	case "late-last":
		return c.late()
	case "archival":
		return c.archival()
	}
	return Finding{Result: NotJudged, Says: "a rule that this program does not know"}
}

func (c *check) limit(limit int) Finding {
	n := len(c.labels)
	says := fmt.Sprintf("%d pages, and the limit is %d", n, limit)
	switch {
	case n <= limit:
		return Finding{Result: Pass, Says: says}
	case c.given.Permission != "":
		return Finding{Result: Warn, Says: says + "; permission: " + c.given.Permission}
	}
	return Finding{Result: Fail, Says: says}
}

// links judges the links within the file: each leads to a page, and names it where
// it says anything.
func (c *check) links() Finding {
	links := 0
	f := c.on(func(i int) bool {
		page, err := c.r.Page(i)
		if err != nil {
			return true
		}
		for _, a := range c.list(page.Dict().Get("Annots")) {
			link := c.dictionary(a)
			if kind, is := link.Get("Subtype").(*core.PdfName); !is || kind.Value != "Link" || c.get(link, "A").Get("URI") != nil {
				continue
			}
			links++
			at, says := c.lands(link), c.words16(link.Get("Contents"))
			words := strings.Fields(says)
			if at < 0 || len(words) > 1 && words[len(words)-2] == "page" && words[len(words)-1] != c.labels[at] {
				return true
			}
		}
		return false
	}, "a link leads to no page, or to another than it says")
	if links == 0 {
		return Finding{Result: Fail, Says: "the index has no links"}
	}
	return f
}

func (c *check) bookmarks() Finding {
	n, wrong := 0, 0
	var walk func(d *core.PdfDictionary, depth int)
	walk = func(d *core.PdfDictionary, depth int) {
		for mark := d.Get("First"); mark != nil && depth < maxDepth && n < 10*MaxPages; {
			one := c.dictionary(mark)
			n++
			if at := c.lands(one); at < 0 || !names(c.words16(one.Get("Title")), c.labels[at]) {
				wrong++
			}
			walk(one, depth+1)
			mark = one.Get("Next")
		}
	}
	walk(c.get(c.r.Catalog(), "Outlines"), 0)
	switch {
	case n == 0:
		return Finding{Result: Fail, Says: "there are no bookmarks"}
	case wrong > 0:
		return Finding{Result: Fail, Says: fmt.Sprintf("%d of %d bookmarks do not name the page on which they land", wrong, n)}
	}
	return Finding{Result: Pass}
}

func (c *check) view(percent int) Finding {
	open := c.r.Catalog().Get("OpenAction")
	place := c.list(open)
	if place == nil && open != nil {
		place = c.list(c.dictionary(open).Get("D"))
	}
	if len(place) == 5 {
		zoom, isNumber := place[4].(*core.PdfNumber)
		if kind, is := place[1].(*core.PdfName); is && isNumber && kind.Value == "XYZ" && math.Abs(zoom.FloatValue()*100-float64(percent)) < 0.5 {
			return Finding{Result: Pass}
		}
	}
	return Finding{Result: Fail, Says: fmt.Sprintf("the file does not say that it opens at %d%%", percent)}
}

// late judges by the manifest whether a late document stands before one that is not.
func (c *check) late() Finding {
	if c.given.Manifest == nil {
		return Finding{Result: NotJudged, Says: "which pages came late cannot be seen in the file alone"}
	}
	f := Finding{Result: Pass}
	late := map[string]string{}
	for _, d := range c.given.Manifest.Documents {
		if d.Late {
			late[d.Section] = d.First
		} else if first := late[d.Section]; first != "" {
			f.Result, f.Says, f.Pages = Fail, "a late document stands before one that is not", append(f.Pages, first)
		}
	}
	return f
}

func (c *check) archival() Finding {
	f := Finding{Result: Pass}
	stream, _ := c.r.ResolveObject(c.r.Catalog().Get("Metadata"))
	if s, is := stream.(*core.PdfStream); !is || !bytes.Contains(s.Data, []byte("pdfaid:part")) || !bytes.Contains(s.Data, []byte("pdfuaid:part")) {
		f.Result, f.Says = Fail, "the file does not claim to be PDF/A and PDF/UA"
		if c.given.Manifest != nil {
			for _, d := range c.given.Manifest.Documents {
				if len(d.NotArchival) > 0 {
					f.Says += fmt.Sprintf("; %s: %s", d.ID, strings.Join(d.NotArchival, ", "))
					f.Pages = append(f.Pages, d.First)
				}
			}
		}
	}
	return f
}
