package httpapi

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caseledger/adapters/accesslog"
	"caseledger/adapters/binder"
	"caseledger/adapters/enclosures"
	"caseledger/domain"
)

const aPDF = "%PDF-1.7\nzqcanary"

// bound plans, reviews and freezes a bundle of a record at a revision, for the court
// and for the mother, keeps files of both variants, and says that they were built.
func (w *world) bound(path string, revision int, others ...string) {
	w.t.Helper()
	part := func(path string, known int) string {
		return fmt.Sprintf(`{"record":%q,"known":%d,"entries":[1]}`, strings.TrimPrefix(path, "/v1/records/"), known)
	}
	stands := func(path string, known int) string {
		return fmt.Sprintf(`{"record":%q,"entry":%d}`, strings.TrimPrefix(path, "/v1/records/"), known)
	}
	parts, known := []string{part(path, revision)}, []string{stands(path, revision)}
	for _, other := range others {
		parts, known = append(parts, part(other, 4)), append(known, stands(other, 4))
	}
	variants := `{"variant":"court","reader":"the court"}`
	if len(others) == 0 {
		variants += `,{"variant":"mother","reader":"the mother","redaction":"m1"}`
	}
	one, hash := path+"/bundles/b1", strings.Repeat("0a", 32)
	for i, act := range [][3]string{
		{"manager", path + "/bundles", `{"happened":"2026-01-08","bundle":"b1","title":"Re A","court":"Anytown","case":"AT1","parties":["the mother"],"rules":"pd27a-2026"}`},
		{"manager", one + "/scope", `{"happened":"2026-01-08","selection":{},"parts":[` + strings.Join(parts, ",") + `]}`},
		{"manager", one + "/sections", `{"happened":"2026-01-08","sections":[{"letter":"A","title":"A","documents":[{"document":"d1","title":"Letter","file":"` + hash + `"}]}]}`},
		{"manager", one + "/variants", `{"happened":"2026-01-08","variants":[` + variants + `]}`},
		{"admin", one + "/review", `{"happened":"2026-01-08"}`},
		{"manager", one + "/freezing", `{"happened":"2026-01-08","known":[` + strings.Join(known, ",") + `],"knownAt":"2026-11-22T10:00:00.000000Z","size":20,"root":"` + hash + `","reserved":[{"document":"d1","pages":1}]}`},
	} {
		w.must(act[0], act[1], act[2], revision+i)
	}
	for i, variant := range []string{"court", "mother"}[:1+min(1, strings.Count(variants, "mother"))] {
		content := map[string][]byte{"pdf": []byte(aPDF + variant), "manifest": []byte(`{"labels":[]}`)}
		built := OfBundle(domain.RecordID(strings.TrimPrefix(path, "/v1/records/")), "b1", 0, variant)
		all := []MadeFile{{File: "pdf", Type: "application/pdf"}, {File: "manifest", Type: "application/json"}}
		must(w.t, built.Keep(w.t.Context(), w.api.Files, all, content))
		must(w.t, built.KeepRules(w.t.Context(), w.api.Files, BundleRules{Rules: "pd27a-2026", Findings: []binder.Finding{{Rule: "archival", Result: binder.Fail, Says: "zqletter of " + variant}}}))
		w.must("manager", one+"/builds", fmt.Sprintf(`{"happened":"2026-01-08","variant":%q,"sha256":%q,"pages":1}`, variant, all[0].SHA256), revision+6+i)
	}
}

func TestAVariantIsGivenToWhoMaySeeAllThatItShowsAndToNobodyElse(t *testing.T) {
	w := newWorld(t)
	w.readers()
	w.tokens["admin"] = w.token(Caller{ID: "admin", Role: "manager", Agency: "anytown"})
	path := w.elsewhere("AT1")
	w.must("own", path+"/notes", `{"happened":"2026-01-06","note":"n1","kind":"visit","text":[{"text":"seen. "},{"text":"zqneighbour called","kind":"reported","from":"zqneighbour","informant":true}]}`, 5)
	w.must("manager", path+"/redactions", `{"happened":"2026-01-07","redaction":"m1","reader":"mother","purpose":"court","known":6,`+
		`"lines":[{"entry":6,"field":"/text/1","ground":"third-party","reason":"zqneighbour must not be known"}]}`, 6)
	w.must("admin", path+"/redactions/m1/approval", `{"happened":"2026-01-07"}`, 7)
	w.bound(path, 8)
	for role, permitted := range map[string]map[string]int{
		"manager":         {"court": http.StatusOK, "mother": http.StatusOK},
		"own":             {"court": http.StatusOK, "mother": http.StatusOK},
		"team":            {"court": http.StatusForbidden, "mother": http.StatusOK},
		"records-officer": {"court": http.StatusForbidden, "mother": http.StatusOK},
		"broken":          {"court": http.StatusForbidden, "mother": http.StatusForbidden},
		"auditor":         {"court": http.StatusForbidden, "mother": http.StatusForbidden},
		"analyst":         {"court": http.StatusForbidden, "mother": http.StatusForbidden},
	} {
		for variant, want := range permitted {
			got := w.call(role, http.MethodGet, path+"/bundles/b1/variants/"+variant+"/files/pdf", "")
			if got.status != want || got.status == http.StatusOK != (got.body == aPDF+variant) {
				t.Errorf("%s %s: %d %s", role, variant, got.status, got.body)
			}
			check := w.call(role, http.MethodGet, path+"/bundles/b1/variants/"+variant+"/check", "")
			if check.status != want || check.status == http.StatusOK != strings.Contains(check.body, "zqletter of "+variant) {
				t.Errorf("the check of %s for %s: %d %s", variant, role, check.status, check.body)
			}
			for _, operation := range []string{"record.bundle-file", "record.bundle-check"} {
				given := slices.ContainsFunc(w.accessed(), func(row accesslog.Row) bool {
					return row.Operation == operation && row.Caller == w.id(role) && strings.HasPrefix(row.View, "variant="+variant+"&sha256=")
				})
				if given != (want == http.StatusOK) {
					t.Errorf("%s %s: %s recorded as given: %t", role, variant, operation, given)
				}
			}
		}
		var page BundlePage
		if got := w.call(role, http.MethodGet, path+"/bundles/b1", ""); got.status == http.StatusOK {
			got.as(t, &page)
		}
		for _, v := range page.Variants {
			if v.Permitted != (permitted[v.Variant] == http.StatusOK) || len(v.Files) != 2 {
				t.Errorf("%s: %+v", role, v)
			}
		}
	}
}

// id is that of the caller with a token of the world.
func (w *world) id(role string) string {
	c, err := w.api.Callers.Caller(w.t.Context(), Shown{Token: w.tokens[role]})
	must(w.t, err)
	return c.ID
}

func TestAVariantThatDrawsOnARecordThatTheCallerMayNotBeToldOfIsNotGiven(t *testing.T) {
	w := newWorld(t)
	w.tokens["admin"] = w.token(Caller{ID: "admin", Role: "manager", Agency: "anytown"})
	other, path := w.child("AT2"), w.child("AT1")
	w.bound(path, 4, other)
	w.must("admin", other+"/restrictions/barriers", `{"happened":"2026-02-01","restriction":"b1","worker":"manager-1","reason":"relative"}`, 4)
	for role, want := range map[string]int{"manager": http.StatusForbidden, "admin": http.StatusOK} {
		if got := w.call(role, http.MethodGet, path+"/bundles/b1/variants/court/files/manifest", ""); got.status != want {
			t.Errorf("%s: %d %s", role, got.status, got.body)
		}
	}
}

func TestAFileThatIsNotThereIsNotGiven(t *testing.T) {
	w := newWorld(t)
	w.tokens["admin"] = w.token(Caller{ID: "admin", Role: "manager", Agency: "anytown"})
	path := w.child("AT1")
	w.bound(path, 4, w.child("AT2"))
	for _, at := range []string{"/bundles/b2", "/bundles/b2/variants/court/files/pdf", "/bundles/b1/variants/mother/files/pdf", "/bundles/b1/variants/court/files/list",
		"/jobs/" + strings.Repeat("0", 32), "/bundles/b1/variants/mother/check", "/files/" + strings.Repeat("0", 64)} {
		if got := w.call("manager", http.MethodGet, path+at, ""); got.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", at, got.status, got.body)
		}
	}
	var list BundleList
	w.call("manager", http.MethodGet, path+"/bundles", "").as(t, &list)
	if len(list.Rows) != 1 || !list.Rows[0].Frozen || list.Rows[0].Bundle != "b1" {
		t.Errorf("%+v", list)
	}
	if got := w.act("manager", path+"/bundles/b1/jobs", `{}`, "j1", 0); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, codeElsewhere) {
		t.Errorf("where no bundle is made: %d %s", got.status, got.body)
	}
}

// kept are the files on the disk, as they are there.
func kept(t *testing.T, w *world) map[string]string {
	t.Helper()
	all := make(map[string]string)
	must(t, filepath.WalkDir(w.files, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	}))
	return all
}

func TestADocumentIsKeptOnceByItsHashAndGivenBack(t *testing.T) {
	w := newWorld(t)
	path := w.child("AT1")
	var first, again KeptFile
	for _, to := range []*KeptFile{&first, &again} {
		w.call("manager", http.MethodPost, path+"/files", aPDF, "Idempotency-Key: k", "Content-Type: "+fileMediaType).as(t, to)
	}
	files := kept(t, w)
	w.call("manager", http.MethodPost, path+"/files", aPDF, "Idempotency-Key: k", "Content-Type: "+fileMediaType).as(t, &again)
	if after := kept(t, w); len(files) != 1 || !maps.Equal(files, after) {
		t.Errorf("a repeat was written anew: %d files became %d", len(files), len(after))
	}
	for file := range files {
		must(t, os.WriteFile(file, []byte("damaged"), 0o600))
	}
	w.call("manager", http.MethodPost, path+"/files", aPDF, "Idempotency-Key: k", "Content-Type: "+fileMediaType).as(t, &again)
	if first != again || first.Bytes != len(aPDF) || first.Type != "application/pdf" {
		t.Errorf("%+v and %+v", first, again)
	}
	if got := w.call("manager", http.MethodGet, path+"/files/"+first.SHA256, ""); got.status != http.StatusOK || got.body != aPDF || got.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.call("manager", http.MethodGet, w.child("AT2")+"/files/"+first.SHA256, ""); got.status != http.StatusNotFound {
		t.Errorf("of another record: %d", got.status)
	}
	for name, one := range map[string]struct {
		body, header string
		status       int
	}{
		"no document":        {"hello", "Content-Type: " + fileMediaType, http.StatusUnprocessableEntity},
		"nothing":            {"", "Content-Type: " + fileMediaType, http.StatusUnprocessableEntity},
		"as JSON":            {aPDF, "Content-Type: application/json", http.StatusUnsupportedMediaType},
		"without a key":      {aPDF, "-Idempotency-Key", http.StatusBadRequest},
		"larger than can be": {aPDF + string(bytes.Repeat([]byte("x"), MaxFileBytes)), "Content-Type: " + fileMediaType, http.StatusRequestEntityTooLarge},
	} {
		got, err := w.try("manager", http.MethodPost, path+"/files", one.body, "Content-Type: "+fileMediaType, "Idempotency-Key: k", one.header)
		if err == nil && got.status != one.status { // a server that does not read on may cut the connection
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if all, err := w.api.Files.Get(t.Context(), "record-"+strings.TrimPrefix(path, "/v1/records/"), documentsFolder+"x"); err != enclosures.ErrNone {
		t.Errorf("%q %v", all, err)
	}
	for _, row := range w.accessed() {
		if row.Operation == "record.file" && row.Caller == "manager-1" && strings.HasPrefix(row.View, "sha256=") {
			return
		}
	}
	t.Error("nobody would know that the document was given")
}
