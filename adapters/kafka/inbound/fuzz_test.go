package inbound

import (
	"strings"
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"
)

func FuzzAMessageIsReadOrNamedMalformed(f *testing.F) {
	f.Add("m1", "1.0", "urn:s", "caseledger.command.person.name", "record-"+strings.Repeat("0", 32), "7", "application/json")
	f.Add("", "", "", "", "", "", "")
	f.Add("a/b", "1.0", "\x00", "caseledger.command.", "record-", "-1", "application/json; charset=utf-8")
	f.Fuzz(func(t *testing.T, id, version, source, kind, subject, revision, content string) {
		m := message.NewMessage(id, nil)
		m.Metadata = message.Metadata{"ce_specversion": version, "ce_source": source, "ce_type": kind, "ce_subject": subject, "ce_revision": revision, "content-type": content}
		r, err := parse(m)
		if err != nil {
			if _, ok := err.(malformed); !ok {
				t.Errorf("the error is %T", err)
			}
			return
		}
		if len(r.id) == 0 || len(r.id) > maxIDText || strings.Contains(r.id, "/") || r.source == "" || r.name == "" || len(r.record) != 32 || r.expect == nil {
			t.Errorf("%+v was read", r)
		}
	})
}
