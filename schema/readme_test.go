package schema

import (
	"encoding/csv"
	"fmt"
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// between replaces what stands in a text between a mark and the next end mark.
func between(text, mark, table string) string {
	head, rest, _ := strings.Cut(text, "<!-- "+mark+" -->\n")
	_, tail, _ := strings.Cut(rest, "<!-- end -->")
	return head + "<!-- " + mark + " -->\n" + table + "<!-- end -->" + tail
}

func TestTheREADMEListsEveryEventAndCommand(t *testing.T) {
	var events, commands strings.Builder
	events.WriteString("| Event | What it says |\n|---|---|\n")
	for _, et := range Events() {
		fmt.Fprintf(&events, "| `%s` | %s |\n", et, et.Text)
	}
	commands.WriteString("| Command | Path | What it does |\n|---|---|---|\n")
	for _, c := range Commands() {
		fmt.Fprintf(&commands, "| `%s` | `%s` | %s |\n", c.Name, c.Path, c.Text)
	}
	old, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := between(between(string(old), "events", events.String()), "commands", commands.String())
	if want == string(old) {
		return
	}
	if !*update {
		t.Fatal("the lists in schema/README.md are out of date: go test ./schema -run README -update")
	}
	if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// ruleLiterals are the names and reasons of the rules that the files check.
func ruleLiterals(files []*ast.File) [][2]string {
	var rules [][2]string
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			found := make(map[string]string)
			for _, element := range lit.Elts {
				kv, ok := element.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				if text, ok := kv.Value.(*ast.BasicLit); ok {
					found[typeName(kv.Key)], _ = strconv.Unquote(text.Value)
				}
			}
			if found["Name"] != "" && found["Reason"] != "" {
				rules = append(rules, [2]string{found["Name"], found["Reason"]})
			}
			return true
		})
	}
	return rules
}

func TestTheDomainsREADMEListsEveryRuleWithItsSentence(t *testing.T) {
	var table strings.Builder
	table.WriteString("| Part | Rule | Sentence | From |\n|---|---|---|---|\n")
	from := ruleSources(t)
	parts := sources(t, "../domain")
	count := 0
	for _, part := range []string{"record", "identity", "referral", "assessment", "enquiry", "cinplan", "protection", "note", "allocation",
		"contact", "voice", "conference", "visit", "privatefostering", "transfer", "incident", "temporary", "family", "restriction",
		"lookedafter", "health", "missing", "adoption", "careleaver", "legal",
		"oversight", "correspondence",
		"needs", "support", "safeguarding", "transition", "capacity", "breakglass",
		"discharge", "form", "chronology", "redaction", "bundle", "subjectaccess", "disclosure"} {
		for _, rule := range ruleLiterals(parts[part]) {
			fmt.Fprintf(&table, "| %s | `%s` | %s | %s |\n", part, rule[0], rule[1], from[rule[0]])
			count++
		}
		delete(parts, part)
	}
	for part, files := range parts {
		if part != "policy" && part != "register" && len(ruleLiterals(files)) > 0 {
			t.Errorf("the rules of domain/%s are not listed", part)
		}
	}
	old, err := os.ReadFile("../domain/README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := between(string(old), "rules", table.String())
	switch {
	case count < 40:
		t.Fatalf("only %d rules were found", count)
	case want == string(old):
	case !*update:
		t.Fatal("the list in domain/README.md is out of date: go test ./schema -run README -update")
	default:
		if err := os.WriteFile("../domain/README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// ruleSources are where the rules come from, as domain/sources.csv says.
func ruleSources(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open("../domain/sources.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 || !slices.Equal(rows[0], []string{"rule", "source"}) {
		t.Fatalf("domain/sources.csv: %d rows, %v", len(rows), err)
	}
	from := make(map[string]string)
	for _, row := range rows[1:] {
		if from[row[0]] != "" || row[1] == "" {
			t.Errorf("%s stands twice in domain/sources.csv, or has no source", row[0])
		}
		from[row[0]] = row[1]
	}
	return from
}

// ruleNames are the names that the rules of the domain bear, however they are
// written down, each with the folder of its part.
func ruleNames(t *testing.T) map[string]string {
	t.Helper()
	names := make(map[string]string)
	for part, files := range sources(t, "../domain") {
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if !ok {
					return true
				}
				for _, element := range lit.Elts {
					kv, ok := element.(*ast.KeyValueExpr)
					if !ok || typeName(kv.Key) != "Name" || !ruleLike(lit) {
						continue
					}
					if text, ok := kv.Value.(*ast.BasicLit); ok {
						name, _ := strconv.Unquote(text.Value)
						names[name] = part
					}
				}
				return true
			})
		}
	}
	return names
}

// ruleLike reports whether a literal says when a rule is broken.
func ruleLike(lit *ast.CompositeLit) bool {
	return slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
		kv, ok := e.(*ast.KeyValueExpr)
		return ok && typeName(kv.Key) == "Broken"
	})
}

// A rule counts as tested when a test expects its name, and another case beside
// it expects no refusal: the tables of the parts hold both sides of a boundary.
func TestEveryRuleHasASentenceASourceAndATestOfBothSides(t *testing.T) {
	names, from := ruleNames(t), ruleSources(t)
	if len(names) < 200 {
		t.Fatalf("only %d rules were found", len(names))
	}
	said := make(map[string]bool)
	for _, files := range sources(t, "../domain") {
		for _, rule := range ruleLiterals(files) {
			said[rule[0]] = said[rule[0]] || strings.HasSuffix(rule[1], ".")
		}
	}
	for name, part := range names {
		if !said[name] && name != "category-required" { // its sentence is data of the nation
			t.Errorf("%s of domain/%s has no sentence", name, part)
		}
		if from[name] == "" {
			t.Errorf("%s of domain/%s has no source: write one into domain/sources.csv", name, part)
		}
		if !expected(t, part, name) {
			t.Errorf("no table of tests in domain/%s expects %s and, in another case, no refusal", part, name)
		}
	}
	for name := range from {
		if names[name] == "" {
			t.Errorf("domain/sources.csv names %s, which is no rule", name)
		}
	}
}

// expected reports whether a test function in a part's folder, or in the record's,
// expects a rule in one case and no refusal in another.
func expected(t *testing.T, part, rule string) bool {
	t.Helper()
	for _, folder := range []string{part, "record"} {
		paths, err := filepath.Glob("../domain/" + folder + "/*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, test := range strings.Split(string(text), "\nfunc ")[1:] {
				if strings.Contains(test, strconv.Quote(rule)) && (strings.Contains(test, "nil}") || strings.Contains(test, `""`) || strings.Contains(test, "err != nil")) {
					return true
				}
			}
		}
	}
	return false
}

func TestTheTestsThatTheREADMENamesExist(t *testing.T) {
	text, err := os.ReadFile("../domain/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "<!-- lineage -->")
	table, _, found := strings.Cut(rest, "<!-- end of lineage -->")
	names := regexp.MustCompile("`(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(table, -1)
	if !found || len(names) < 30 {
		t.Fatalf("the table names %d tests", len(names))
	}
	tests := testNames(t, "..")
	for _, name := range names {
		if !tests[name[1]] {
			t.Errorf("no test is called %s", name[1])
		}
	}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		if strings.Count(line, "|") != 5 {
			t.Errorf("not a row of four cells: %s", line)
		}
	}
}

// testNames are the names of all tests of the project.
func testNames(t *testing.T, root string) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	declared := regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(`)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, name := range declared.FindAllSubmatch(text, -1) {
			names[string(name[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
