package schema

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"caseledger/domain"
)

// sources are the domain's Go files without tests, by package folder.
func sources(t *testing.T, root string) map[string][]*ast.File {
	t.Helper()
	files := make(map[string][]*ast.File)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution|parser.ParseComments)
		files[filepath.Base(filepath.Dir(path))] = append(files[filepath.Base(filepath.Dir(path))], file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// methods calls see for every method of the files.
func methods(files []*ast.File, see func(receiver string, f *ast.FuncDecl)) {
	for _, file := range files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
				see(typeName(f.Recv.List[0].Type), f)
			}
		}
	}
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	case *ast.ArrayType:
		return "[]" + typeName(e.Elt)
	}
	return ""
}

func TestEveryEventOfTheDomainStandsInTheCatalogue(t *testing.T) {
	known := make(map[string]bool)
	for _, et := range Events() {
		for _, v := range et.versions {
			known[v.goType.String()] = true
		}
	}
	found := 0
	for pkg, files := range sources(t, "../domain") {
		methods(files, func(receiver string, f *ast.FuncDecl) {
			if f.Name.Name != "About" {
				return
			}
			found++
			if !known[pkg+"."+receiver] {
				t.Errorf("domain/%s: event %s has no line in Events()", pkg, receiver)
			}
		})
	}
	if found != len(known) {
		t.Errorf("the domain has %d events, the catalogue %d", found, len(known))
	}
}

func TestEveryCommandOfTheDomainStandsInTheCatalogue(t *testing.T) {
	known := make(map[string]bool)
	for _, c := range Commands() {
		known[c.Go.String()] = true
	}
	found := make(map[string]bool)
	for pkg, files := range sources(t, "../domain") {
		methods(files, func(_ string, f *ast.FuncDecl) {
			if !decides(f.Type) {
				return
			}
			for _, p := range f.Type.Params.List {
				name := typeName(p.Type)
				if !strings.Contains(name, ".") {
					name = pkg + "." + name
				}
				if known[name] {
					found[name] = true
				}
			}
			first := typeName(f.Type.Params.List[0].Type)
			if !strings.Contains(first, ".") {
				first = pkg + "." + first
			}
			if !known[first] {
				t.Errorf("domain/%s: %s is decided on and has no line in Commands()", pkg, first)
			}
		})
	}
	if len(found) != len(known) {
		t.Errorf("the domain decides on %d commands, the catalogue has %d", len(found), len(known))
	}
}

// decides reports whether a method takes a command and returns events.
func decides(f *ast.FuncType) bool {
	if f.Params.NumFields() == 0 || f.Results.NumFields() != 2 {
		return false
	}
	return typeName(f.Results.List[0].Type) == "[]domain.Event" && typeName(f.Results.List[1].Type) == "error"
}

var (
	wireForm  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*\.[a-z]+(-[a-z]+)*$`)
	irregular = regexp.MustCompile(`^(began|begun|born|held|made|kept|written|taken|missing|required|withheld|withdrawn|built|frozen)$`)
)

// past reports whether a verb is in the past tense, by a word of it.
func past(verb string) bool {
	for word := range strings.SplitSeq(verb, "-") {
		if strings.HasSuffix(word, "ed") && word != "need" || irregular.MatchString(word) {
			return true
		}
	}
	return false
}

func TestEventsAreNamedOnceAndInThePast(t *testing.T) {
	seen := make(map[string]bool)
	for _, et := range Events() {
		_, verb, _ := strings.Cut(et.Name, ".")
		if seen[et.Name] || !wireForm.MatchString(et.Name) || !past(verb) || et.Text == "" || !strings.HasSuffix(et.Text, ".") {
			t.Errorf("event %q, %q", et.Name, et.Text)
		}
		seen[et.Name] = true
	}
}

func TestCommandsAreNamedOnceAndInTheImperative(t *testing.T) {
	seen := make(map[string]bool)
	types := make(map[reflect.Type]bool)
	for _, c := range Commands() {
		_, verb, _ := strings.Cut(c.Name, ".")
		if seen[c.Name] || types[c.Go] || !wireForm.MatchString(c.Name) || past(verb) && verb != "enter-in-error" || c.Text == "" || c.Path == "" {
			t.Errorf("command %q, %q", c.Name, c.Text)
		}
		seen[c.Name], types[c.Go] = true, true
	}
}

// members are the names of a struct's members, embedded ones included.
func members(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			names = append(names, members(f.Type)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

func TestNoEventUsesANameOfThePayload(t *testing.T) {
	own := make(map[string]bool)
	for _, name := range members(reflect.TypeFor[payload]()) {
		own[name] = true
	}
	for _, et := range Events() {
		for _, v := range et.versions {
			for _, name := range members(v.goType) {
				if name == "" || own[name] {
					t.Errorf("%s: member %q of %s", et, name, v.goType)
				}
			}
		}
	}
}

func TestEventsHoldNoMapsSoThatTheirBytesAreTheSameEachTime(t *testing.T) {
	for _, et := range Events() {
		for _, v := range et.versions {
			if holds(v.goType, reflect.Map) || holds(v.goType, reflect.Interface) || holds(v.goType, reflect.Float64) {
				t.Errorf("%s: %s holds a map, an interface or a float", et, v.goType)
			}
		}
	}
}

func holds(t reflect.Type, kind reflect.Kind) bool {
	switch t.Kind() {
	case kind:
		return true
	case reflect.Slice, reflect.Pointer:
		return holds(t.Elem(), kind)
	case reflect.Struct:
		if t == reflect.TypeFor[domain.Date]() {
			return false
		}
		for i := range t.NumField() {
			if holds(t.Field(i).Type, kind) {
				return true
			}
		}
	}
	return false
}
