package schema

import (
	"fmt"
	"go/ast"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The shape of the project, checked: imports point left, the domain is pure,
// the top level is fixed, and every package says what it is for.

// layers are the folders of the project; each imports only those before it.
var layers = []string{"domain", "eventstore", "schema", "projections", "adapters", "cmd"}

var topLevel = append([]string{"go.mod", "go.sum", "staticcheck.conf", "README.md", "LICENSE", ".ci", ".gitignore", ".git", ".golangci.yml", ".golangci.yaml"}, layers...)

// impure are the packages, and everything below them, that no rule may use.
var impure = []string{"context", "os", "io", "net", "log", "syscall", "math/rand", "crypto/rand", "unsafe", "runtime", "testing"}

// pkg is what go list says about a package.
type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
}

func listed(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-C", "..", "-json=ImportPath,Dir,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	decoder := jsontext.NewDecoder(strings.NewReader(string(out)))
	for decoder.PeekKind() == '{' {
		var p pkg
		if err := json.UnmarshalDecode(decoder, &p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// layer returns the place of a package of the project, -1 for another.
func layer(importPath string) int {
	within, ok := strings.CutPrefix(importPath, "caseledger/")
	first, _, _ := strings.Cut(within, "/")
	if !ok {
		return -1
	}
	return slices.Index(layers, first)
}

// wrongImports names the imports that point right, and those of the domain
// that are impure or of another module.
func wrongImports(p pkg) []string {
	var wrong []string
	for _, i := range p.Imports {
		if layer(i) > layer(p.ImportPath) {
			wrong = append(wrong, fmt.Sprintf("%s imports %s: imports point left", p.ImportPath, i))
		}
		if layer(p.ImportPath) == 0 && (foreign(i) || slices.ContainsFunc(impure, func(no string) bool { return i == no || strings.HasPrefix(i, no+"/") })) {
			wrong = append(wrong, fmt.Sprintf("%s imports %s: the domain is pure", p.ImportPath, i))
		}
	}
	return wrong
}

// foreign reports whether a package belongs to another module.
func foreign(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return strings.Contains(first, ".")
}

// clockReads names the calls that read a clock or wait for one.
func clockReads(files []*ast.File) []string {
	var reads []string
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok || typeName(s.X) != "time" {
				return true
			}
			switch s.Sel.Name {
			case "Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer", "NewTicker", "AfterFunc":
				reads = append(reads, "time."+s.Sel.Name)
			}
			return true
		})
	}
	return reads
}

// outOfPlace names what does not belong on the top level.
func outOfPlace(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(topLevel, name) })
}

// silent reports whether no file of a package has a package comment.
func silent(files []*ast.File) bool {
	return !slices.ContainsFunc(files, func(f *ast.File) bool {
		return strings.HasPrefix(f.Doc.Text(), "Package ") || strings.HasPrefix(f.Doc.Text(), "Command ")
	})
}

func TestImportsPointLeftAndTheDomainIsPure(t *testing.T) {
	all := listed(t)
	if len(all) < 10 {
		t.Errorf("only %d packages are listed", len(all))
	}
	for _, p := range all {
		if layer(p.ImportPath) < 0 {
			t.Errorf("%s stands in no layer", p.ImportPath)
		}
		for _, wrong := range wrongImports(p) {
			t.Error(wrong)
		}
	}
}

func TestNoRuleReadsAClock(t *testing.T) {
	for name, files := range sources(t, "../domain") {
		if reads := clockReads(files); len(reads) > 0 {
			t.Errorf("domain/%s: %v", name, reads)
		}
	}
}

func TestTheTopLevelHoldsOnlyWhatBelongsThere(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "git", "-C", "..", "ls-files").Output()
	if err != nil {
		t.Skip("this is no git checkout, so nobody can tell what belongs to the project")
	}
	var names []string
	for path := range strings.Lines(string(out)) {
		name, _, _ := strings.Cut(strings.TrimSpace(path), "/")
		names = append(names, name)
	}
	if wrong := outOfPlace(names); len(names) == 0 || len(wrong) > 0 {
		t.Errorf("on the top level: %v", wrong)
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range listed(t) {
		if files := sources(t, p.Dir)[path.Base(p.Dir)]; len(files) > 0 && silent(files) {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestTheChecksOfTheLayoutFindPlantedFaults(t *testing.T) {
	for _, tt := range []struct {
		p    pkg
		want int
	}{
		{pkg{ImportPath: "caseledger/domain/record", Imports: []string{"slices", "time", "embed", "caseledger/domain"}}, 0},
		{pkg{ImportPath: "caseledger/schema", Imports: []string{"context", "os", "caseledger/eventstore", "github.com/x/y"}}, 0},
		{pkg{ImportPath: "caseledger/domain", Imports: []string{"caseledger/eventstore"}}, 1},
		{pkg{ImportPath: "caseledger/eventstore/journal", Imports: []string{"caseledger/schema", "caseledger/cmd/caseledger"}}, 2},
		{pkg{ImportPath: "caseledger/domain/note", Imports: []string{"context", "os", "io/fs", "net/http", "crypto/rand", "math/rand/v2", "github.com/x/y"}}, 7},
	} {
		if wrong := wrongImports(tt.p); len(wrong) != tt.want {
			t.Errorf("%s: %v, want %d faults", tt.p.ImportPath, wrong, tt.want)
		}
	}
	files := sources(t, "testdata/planted")["planted"]
	if reads := clockReads(files); !slices.Equal(reads, []string{"time.Now", "time.Since"}) {
		t.Errorf("the planted clock reads are %v", reads)
	}
	if !silent(files) {
		t.Error("the planted package is taken for one with a comment")
	}
	if wrong := outOfPlace([]string{"domain", "go.mod", "pkg", "docs"}); !slices.Equal(wrong, []string{"pkg", "docs"}) {
		t.Errorf("the planted folders are %v", wrong)
	}
}
