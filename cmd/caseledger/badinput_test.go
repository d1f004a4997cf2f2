package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"caseledger/adapters/cincensus"
)

const (
	beforeChildren = `<?xml version="1.0" encoding="UTF-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2022</Year><ReferenceDate>2022-03-31</ReferenceDate></CollectionDetails></Header>
<Children>
`
	afterChildren = "</Children></Message>\n"
)

// secret stands in returns where an error could repeat what the file says.
const secret = "PRIVATE"

// soundChild is the text of a child, on a line of its own, that breaks no rule.
func soundChild(number string) string {
	return "<Child><ChildIdentifiers><LAchildID>" + number + "</LAchildID><UPNunknown>UN1</UPNunknown>" +
		"<PersonBirthDate>2010-01-01</PersonBirthDate><GenderCurrent>1</GenderCurrent></ChildIdentifiers>" +
		"<ChildCharacteristics><Ethnicity>WBRI</Ethnicity><Disabilities><Disability>NONE</Disability></Disabilities></ChildCharacteristics>" +
		"<CINdetails><CINreferralDate>2021-06-01</CINreferralDate><ReferralSource>1A</ReferralSource>" +
		"<PrimaryNeedCode>N1</PrimaryNeedCode><ReferralNFA>0</ReferralNFA></CINdetails></Child>\n"
}

// soundReturn is the text of a return of so many children.
func soundReturn(children int) string {
	var text strings.Builder
	text.WriteString(beforeChildren)
	for n := range children {
		text.WriteString(soundChild(secret + strconv.Itoa(n)))
	}
	return text.String() + afterChildren
}

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "return.xml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// staysUsable fails the test unless the ledger verifies, takes the rest of a
// sound return of so many children, and then finds nothing missing in it.
func staysUsable(t *testing.T, dir, file string, children int) {
	t.Helper()
	must(t, "verify", "--data", dir)
	if r := report(t, "import", "cin-census", file, "--data", dir); r.Children != children {
		t.Errorf("%d children, want %d", r.Children, children)
	}
	if r := report(t, "import", "cin-census", file, "--data", dir); r.Events != 0 || r.Unchanged != children {
		t.Errorf("the import was finished, and yet %d events were missing", r.Events)
	}
	must(t, "verify", "--data", dir)
}

func TestABrokenReturnIsRefusedByPlaceAndRuleAndLeavesNothing(t *testing.T) {
	sound := soundReturn(3)
	cut := func(after string) string { return sound[:strings.LastIndex(sound, after)+len(after)] }
	in := func(old, text string) string { return strings.Replace(sound, old, text, 1) }
	dir := newLedger(t)
	head := headOf(t, dir)
	for _, tt := range []struct {
		name, text, rule string
		line             int
	}{
		{"cut in the declaration", cut("<?xml ver"), "not-well-formed", 1},
		{"cut in the header", cut("<Year>20"), "not-well-formed", 2},
		{"cut before the children", beforeChildren, "not-well-formed", 4},
		{"cut in a name", cut("<PersonBir"), "not-well-formed", 6},
		{"cut in a text", cut("PRIVATE"), "not-well-formed", 6},
		{"cut between children", cut("</Child>"), "not-well-formed", 6},
		{"cut before the last end", cut("</Children>"), "not-well-formed", 7},
		{"nothing", "", "not-a-return", 1},
		{"another document", "<html>PRIVATE</html>", "not-a-return", 1},
		{"half a file in UTF-16, with a mark", "\xff\xfe<\x00?\x00", "not-well-formed", 1},
		{"half a file in UTF-16, without a mark", "<\x00?\x00", "not-well-formed", 1},
		{"said to be UTF-16", in("UTF-8", "UTF-16"), "encoding", 1},
		{"not UTF-8", in(secret, "\xff\xfe"+secret), "not-well-formed", 4},
		{"a bomb of entities", `<!DOCTYPE m [<!ENTITY a "PRIVATE"><!ENTITY b "&a;&a;&a;&a;">]><Message>&b;</Message>`, "document-type", 1},
		{"a year to come", in("<Year>2022", "<Year>2099"), "year", 2},
		{"a year before the first", in("<Year>2022", "<Year>1999"), "year", 2},
		{"crossed elements", in("</LAchildID>", "</Child>"), "not-well-formed", 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := caseledger(t, "import", "cin-census", written(t, tt.text), "--data", dir)
			if code != exitFailed || !strings.Contains(errs, fmt.Sprintf("line %d,", tt.line)) || !strings.Contains(errs, ": "+tt.rule+": ") {
				t.Errorf("exit %d: %s; want line %d, %s", code, errs, tt.line, tt.rule)
			}
			if strings.Count(errs, "\n") != 1 || strings.Contains(errs+out, secret) || strings.HasPrefix(out, ":") {
				t.Errorf("not one clean line:\n%s%s", out, errs)
			}
			if got := headOf(t, dir); got != head {
				t.Errorf("the log moved from %d to %d", head, got)
			}
		})
	}
	staysUsable(t, dir, written(t, sound), 3)
}

func TestABrokenReturnIsRecordedUpToTheBreakWhenAsked(t *testing.T) {
	sound, dir := soundReturn(3), newLedger(t)
	broken := written(t, sound[:strings.LastIndex(sound, "<ReferralNFA>")])
	code, out, errs := caseledger(t, "import", "cin-census", broken, "--data", dir, "--keep-going")
	if code != exitFailed || !strings.Contains(errs, "line 6,") || !strings.Contains(out, "2 new") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	staysUsable(t, dir, written(t, sound), 3)
}

// program is the real program as a process of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "CASELEDGER_TEST_AS_PROGRAM=1")
	return cmd
}

// built returns the path of the program as its users have it: the test binary
// itself holds several times the memory when the race detector is in it.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "caseledger")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// ended waits for a process and returns its exit code, -1 after a signal.
func ended(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	if err := cmd.Wait(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// ran runs a process to its end.
func ran(t *testing.T, cmd *exec.Cmd) (code int, errs string) {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return ended(t, cmd), stderr.String()
}

func TestATextOf256MiBIsRefusedInLittleMemory(t *testing.T) {
	const text, least, limit = 256 << 20, 16 << 20, 160 << 20 // bytes; the program alone takes some 70 MB, more where garbage waits for a busy processor
	sound, dir := soundReturn(3), newLedger(t)
	before, after, _ := strings.Cut(sound, secret)
	path := filepath.Join(t.TempDir(), "large.xml")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	part := strings.Repeat("x", 1<<20)
	fmt.Fprint(file, before)
	for range text / len(part) {
		fmt.Fprint(file, part)
	}
	fmt.Fprint(file, after)
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), built(t), "import", "cin-census", path, "--data", dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if peak := peakMemory(t, cmd); peak < least || peak > limit {
		t.Errorf("%d bytes of memory, allowed are %d to %d", peak, least, limit)
	}
	if code := cmd.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(errs.String(), "line 4, column") || !strings.Contains(errs.String(), "limit-text-bytes") {
		t.Errorf("exit %d: %s", code, &errs)
	}
	staysUsable(t, dir, written(t, sound), 3)
}

func TestWhatBreaksARuleIsRecordedAndReportedWithoutItsValue(t *testing.T) {
	in := func(old, text string) string { return strings.Replace(soundReturn(3), old, text, 1) }
	for _, tt := range []struct{ name, text, element, rule string }{
		{"a duplicate child", in(afterChildren, strings.Replace(soundChild(secret+"0"), "2021-06-01", "2021-07-01", 1)+afterChildren), "Child", "duplicate-child"},
		{"dates out of order", in("<ReferralNFA>0</ReferralNFA>", "<CINclosureDate>2021-05-05</CINclosureDate><ReasonForClosure>RC1</ReasonForClosure>"), "", "before-referral"},
		{"a wrong check character", in("<UPNunknown>UN1</UPNunknown>", "<UPN>B123456789012</UPN>"), "UPN", "identifier-check"},
		{"an unknown code", in("<ReferralSource>1A", "<ReferralSource>"+secret), "ReferralSource", "code=referral-source"},
		{"a day that is none", in("2021-06-01", "2021-02-30"), "CINreferralDate", "not-a-date"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, file := newLedger(t), written(t, tt.text)
			first := report(t, "import", "cin-census", file, "--data", dir)
			if !reports(first, tt.element, tt.rule) {
				t.Errorf("%+v; want %s of %s", first.Flaws, tt.rule, tt.element)
			}
			second := must(t, "import", "cin-census", file, "--data", newLedger(t), "--output", "json")
			for _, value := range []string{secret, "B123456789012", "2021-02-30", "2021-05-05"} {
				if strings.Contains(second, value) {
					t.Errorf("the report repeats %s", value)
				}
			}
			staysUsable(t, dir, file, first.Children)
		})
	}
}

func reports(r cincensus.Report, element, rule string) bool {
	for _, f := range r.Flaws {
		if f.Rule == rule && strings.Contains(f.Element, element) && f.Line >= 4 {
			return true
		}
	}
	return false
}
