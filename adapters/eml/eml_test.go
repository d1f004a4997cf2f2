package eml

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"caseledger/domain"
	"caseledger/domain/correspondence"
	"caseledger/eventstore"
)

var day = domain.MustDate("2026-01-05")

func lines(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestAMessageIsReadWithItsWordsAndItsAttachmentsHashes(t *testing.T) {
	file := lines(`From: =?utf-8?q?Zo=C3=AB?= Example <zoe@school.example>
To: Duty <duty@anytown.example>, other@anytown.example
Cc: head@school.example
Subject: =?iso-8859-1?q?Caf=E9?= on Monday
Date: Mon, 05 Jan 2026 14:00:00 +0100
Message-ID: <1@school.example>
In-Reply-To: <0@anytown.example>
Content-Type: multipart/mixed; boundary=outer

this stands before the parts
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=windows-1252
Content-Transfer-Encoding: quoted-printable

He said =93no=94.

He was calm.
--inner
Content-Type: text/html

<p>He said <script>no</script></p>
--inner--
--outer
Content-Type: application/pdf; name="plan.pdf"
Content-Disposition: attachment; filename="plan.pdf"
Content-Transfer-Encoding: base64

JVBE
Ri0x
--outer--
`)
	m, err := Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	want := correspondence.Record{Medium: "e-mail", From: "Zoë Example <zoe@school.example>", To: []string{"Duty <duty@anytown.example>", "other@anytown.example"},
		Copied: []string{"head@school.example"}, Subject: "Café on Monday", Sent: "2026-01-05T13:00:00Z", MessageID: "<1@school.example>", InReplyTo: "<0@anytown.example>",
		Text: []string{"He said “no”.\r\n\r\n", "He was calm."}, Original: hash(file), Attachments: []correspondence.Attachment{
			{Name: "plan.pdf", Type: "application/pdf", Bytes: 6, SHA256: hash("%PDF-1")},
			{Type: "text/html", Bytes: 34, SHA256: hash("<p>He said <script>no</script></p>")},
		}}
	if !reflect.DeepEqual(m.Record, want) {
		t.Errorf("%+v\nwant %+v", m.Record, want)
	}
}

func TestHTMLAloneIsTheWordsAsTheyStand(t *testing.T) {
	m, err := Read(strings.NewReader("From: a@b.example\nDate: Mon, 05 Jan 2026 14:00:00 +0000\nContent-Type: text/html\n\n<b onclick=x>Hi</b>&nbsp;\n\n\nZo\u00eb e\u0301\u0000"))
	if err != nil || strings.Join(m.Text, "") != "<b onclick=x>Hi</b>&nbsp;\n\n\nZo\u00eb e\u0301\u0000" || len(m.Attachments) != 0 || m.Defects != nil {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestWhatCannotBeReadIsNamedAndNothingIsLost(t *testing.T) {
	const head = "From: a@b.example\nDate: Mon, 05 Jan 2026 14:00:00 +0000\n"
	for name, tt := range map[string]struct{ file, defect string }{
		"no sender":           {"Date: Mon, 05 Jan 2026 14:00:00 +0000\n\nx", "there is no sender"},
		"no date":             {"From: a@b.example\n\nx", "the date cannot be read"},
		"a broken date":       {"From: a@b.example\nDate: tomorrow\n\nx", "the date cannot be read"},
		"broken addresses":    {head + "To: <<<,,@\n\nx", "the addresses in To are not written as they should be"},
		"an unknown charset":  {head + "Content-Type: text/plain; charset=klingon\n\nx", "some words are of an unknown charset, and kept as an attachment"},
		"another charset":     {head + "Content-Type: text/plain; charset=utf-8\n\n\xff", "some words are not of the charset that they are said to be"},
		"an unknown type":     {head + "Content-Type: ;;;\n\nx", "a part is of no known type"},
		"an unknown encoding": {head + "Content-Transfer-Encoding: rot13\n\nx", "a part is encoded in an unknown way, and kept as it came"},
		"broken base64":       {head + "Content-Transfer-Encoding: base64\n\nQUJ=DRA", "a part is damaged, and its hash is of what could be read"},
		"a word of no charset": {head + "Subject: =?klingon?q?x?=\n\nx",
			"an encoded word in the headers cannot be read"},
		"bytes of no charset": {head + "Subject: \xff\n\nx", "some characters in the headers are of no known charset"},
		"a long subject":      {head + "Subject: " + strings.Repeat("x", 3000) + "\n\nx", "a header is longer than is kept"},
		"many addresses":      {head + "To: " + strings.Repeat("a@b.example,", 600) + "a@b.example\n\nx", "there are more addresses in To than are kept"},
	} {
		m, err := Read(strings.NewReader(tt.file))
		if err != nil || len(m.Defects) != 1 || m.Defects[0] != tt.defect || m.Original != hash(tt.file) || len(m.Text)+len(m.Attachments) != 1 {
			t.Errorf("%s: %q %+v, %v", name, m.Defects, m.Record, err)
		}
	}
}

// nested is a message of parts within parts.
func nested(depth int) string {
	var b strings.Builder
	b.WriteString("From: a@b.example\n")
	for range depth {
		b.WriteString("Content-Type: multipart/mixed; boundary=x\n\n--x\n")
	}
	b.WriteString("\nhello\n")
	return b.String()
}

func TestAHostileMessageIsRefusedAndNotRepeated(t *testing.T) {
	const canary = "zqxcanary"
	for name, file := range map[string]string{
		"nothing":           "",
		"no e-mail":         canary,
		"endless headers":   "X: " + strings.Repeat(canary, MaxHeaderBytes/8),
		"parts in parts":    nested(MaxDepth + 2),
		"thousands of them": "Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\n\n"+canary+"\n", MaxParts+1) + "--x--\n",
		"cut off":           "Content-Type: multipart/mixed; boundary=x\n\n--x\n\n" + canary,
		"endless words":     "From: a@b.example\n\n" + strings.Repeat("x", MaxTextBytes+1),
	} {
		_, err := Read(strings.NewReader(file))
		if !errors.Is(err, ErrMessage) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := errors.New("the disk is gone")
	if _, err := Read(io.MultiReader(strings.NewReader("From: a@b.example\n\nx"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("a broken file: %v", err)
	}
}

// endless gives one line again and again.
type endless struct{ line []byte }

func (e endless) Read(b []byte) (int, error) {
	n := 0
	for n+len(e.line) <= len(b) {
		n += copy(b[n:], e.line)
	}
	if n == 0 {
		n = copy(b, e.line)
	}
	return n, nil
}

func TestAnAttachmentOfHundredMegabytesIsHashedAndABiggerOneIsRefused(t *testing.T) {
	head := "From: a@b.example\nContent-Type: application/zip\nContent-Transfer-Encoding: binary\n\n"
	size := int64(MaxBytes - len(head))
	m, err := Read(io.MultiReader(strings.NewReader(head), io.LimitReader(endless{make([]byte, 4096)}, size)))
	if err != nil || len(m.Attachments) != 1 || m.Attachments[0].Bytes != size {
		t.Fatalf("%+v, %v", m.Record, err)
	}
	if _, err = Read(io.MultiReader(strings.NewReader(head), io.LimitReader(endless{make([]byte, 4096)}, size+1))); !errors.Is(err, ErrMessage) {
		t.Errorf("one byte more: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("From: a@b.example\nSubject: =?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte("é")) + "?=\n\nx"))
	f.Add([]byte(nested(3)))
	f.Add([]byte("Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n//79"))
	f.Fuzz(func(t *testing.T, file []byte) {
		m, err := Read(bytes.NewReader(file))
		if err != nil {
			return
		}
		m.Correspondence, m.Direction = "e1", "in"
		m.Happened = day
		if err := eventstore.Validate(m.Record); err != nil {
			t.Fatalf("what was read is no command: %v", err)
		}
		for _, text := range append(m.Text, m.Subject, m.From) {
			if !utf8.ValidString(text) {
				t.Fatal("words are no UTF-8")
			}
		}
	})
}
