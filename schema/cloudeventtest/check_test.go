package cloudeventtest

import "testing"

func TestWhatBreaksOneRuleOfCloudEventsIsNone(t *testing.T) {
	const rest = `,"id":"a","source":"urn:x","type":"t"}`
	for _, good := range []string{
		`{"specversion":"1.0"` + rest,
		`{"specversion":"1.0","time":"2026-03-02T10:00:00.5Z","subject":"s","one":1,"two":true,"three":"x","data":null` + rest,
		`{"specversion":"1.0","dataschema":"urn:y","datacontenttype":"application/json; charset=utf-8","data_base64":"AA=="` + rest,
	} {
		if err := Check([]byte(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		`[]`, `{}`, `{"specversion":"1.0","id":"a","source":"urn:x"}`, `{"specversion":"0.3"` + rest, `{"specversion":1` + rest,
		`{"specversion":"1.0","subject":""` + rest, `{"specversion":"1.0","time":"yesterday"` + rest, `{"specversion":"1.0","dataschema":"/y"` + rest,
		`{"specversion":"1.0","dataContentType":"x"` + rest, `{"specversion":"1.0","position":2147483648` + rest, `{"specversion":"1.0","position":1.5` + rest,
		`{"specversion":"1.0","extra":{}` + rest, `{"specversion":"1.0","extra":null` + rest, `{"specversion":"1.0","subject":"\u0007"` + rest,
		`{"specversion":"1.0","datacontenttype":";"` + rest, `{"specversion":"1.0","data":1,"data_base64":"AA=="` + rest, `{"specversion":"1.0","source":"%zz","id":"a","type":"t"}`,
	} {
		if Check([]byte(bad)) == nil {
			t.Errorf("%s passes", bad)
		}
	}
	if n, err := CheckBatch([]byte(`[{"specversion":"1.0"` + rest + `]`)); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	for _, bad := range []string{`{}`, `null`, `[{}]`} {
		if _, err := CheckBatch([]byte(bad)); err == nil {
			t.Errorf("%s is a batch", bad)
		}
	}
}
