// Package eml reads an e-mail as it was saved to a file (RFC 5322 and MIME) into
// what the record keeps of it: headers, words, and each attachment by its hash.
// Words are kept as they stand, HTML included: nothing is rendered or followed.
//
// The package keeps no file, holds no attachment in memory, opens no attached
// message, and repeats in no error what a message holds.
package eml

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"caseledger/domain/correspondence"
)

// Limits on a message. What is beyond them is an error, so that nobody takes a
// part for the whole.
const (
	MaxBytes        = 100 << 20 // of the file
	MaxHeaderBytes  = 256 << 10
	MaxTextBytes    = 1 << 20 // of the words, as UTF-8
	MaxParts        = 500
	MaxDepth        = 10 // of parts within parts
	MaxAddresses    = 500
	maxFieldRunes   = 500 // of an address, a name, a media type's parameter
	maxSubjectRunes = 2_000
	maxParagraphs   = 5_000
)

// ErrMessage marks a file that is no e-mail, or one beyond the limits.
var ErrMessage = errors.New("not an e-mail that can be recorded")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMessage, fmt.Sprintf(format, args...))
}

// Message is an e-mail as the record keeps it. Dated, Correspondence and
// Direction are for the caller to fill in. Date is when it says that it was
// sent; zero where it does not say.
type Message struct {
	correspondence.Record
	Date time.Time
}

// Read reads one message to its end. What cannot be read as it should, an
// unknown charset for instance, is named in Defects: the original's hash and the
// parts' stay exact. Errors match ErrMessage, or are the reader's.
func Read(from io.Reader) (Message, error) {
	sum := sha256.New()
	in := &limited{from: io.TeeReader(from, sum), left: MaxHeaderBytes, what: "headers"}
	raw, err := mail.ReadMessage(in)
	if err != nil {
		return Message{}, in.explain(err, "it has no headers of an e-mail")
	}
	in.left, in.what = MaxBytes-in.read, "message"
	r := reader{in: in}
	r.headers(raw.Header)
	if err := r.part(textproto.MIMEHeader(raw.Header), raw.Body, 0); err != nil {
		return Message{}, in.explain(err, "its parts do not hold together")
	}
	if _, err := io.Copy(io.Discard, raw.Body); err != nil { // what stands after the last part
		return Message{}, in.explain(err, "its end cannot be read")
	}
	r.finish()
	r.m.Original = hex.EncodeToString(sum.Sum(nil))
	return r.m, nil
}

// limited fails after so many bytes, instead of ending as if the file did.
type limited struct {
	from       io.Reader
	left, read int64
	what       string
	err        error // of the file, or of the limit
}

func (l *limited) Read(b []byte) (int, error) {
	n, err := l.from.Read(b[:min(int64(len(b)), l.left+1)])
	l.left, l.read = l.left-int64(n), l.read+int64(n)
	if l.left < 0 {
		l.err = refuse("the %s are too long", l.what)
		return 0, l.err
	}
	if err != nil && err != io.EOF {
		l.err = err
	}
	return n, err
}

// explain returns what the file itself had wrong before what was made of it.
func (l *limited) explain(err error, otherwise string) error {
	switch {
	case l.err != nil:
		return l.err
	case errors.Is(err, ErrMessage):
		return err
	}
	return refuse("%s", otherwise) // the parsers' errors quote the message
}

// reader gathers a message.
type reader struct {
	in          *limited
	m           Message
	parts       int
	plain, html strings.Builder
	htmlParts   []correspondence.Attachment
}

func (r *reader) defect(text string) {
	for _, d := range r.m.Defects {
		if d == text {
			return
		}
	}
	r.m.Defects = append(r.m.Defects, text)
}

func (r *reader) headers(h mail.Header) {
	r.m.Medium = "e-mail"
	r.m.From = strings.Join(r.addresses(h, "From"), ", ")
	r.m.To = r.addresses(h, "To")
	r.m.Copied = append(r.addresses(h, "Cc"), r.addresses(h, "Bcc")...)
	r.m.From = r.short(r.m.From, maxFieldRunes)
	r.m.Subject = r.short(r.words(h.Get("Subject")), maxSubjectRunes)
	r.m.MessageID = r.short(r.words(h.Get("Message-Id")), maxFieldRunes)
	r.m.InReplyTo = r.short(r.words(h.Get("In-Reply-To")), maxFieldRunes)
	if r.m.From == "" {
		r.m.From = "unknown"
		r.defect("there is no sender")
	}
	at, err := h.Date()
	if err != nil || at.Year() < 1970 || at.Year() > 9999 {
		r.defect("the date cannot be read")
		return
	}
	r.m.Date, r.m.Sent = at, at.UTC().Format(time.RFC3339)
}

// addresses returns the people of a header. One that is no list of addresses is
// kept as one text.
func (r *reader) addresses(h mail.Header, name string) []string {
	var all []string
	for _, line := range h[textproto.CanonicalMIMEHeaderKey(name)] {
		list, err := (&mail.AddressParser{WordDecoder: decoder()}).ParseList(line)
		if err != nil {
			r.defect("the addresses in " + name + " are not written as they should be")
			if text := r.short(r.words(line), maxFieldRunes); text != "" {
				all = append(all, text)
			}
		}
		for _, a := range list {
			text := a.Address
			if a.Name != "" {
				text = a.Name + " <" + a.Address + ">"
			}
			all = append(all, r.short(r.clean(text), maxFieldRunes))
		}
	}
	if len(all) > MaxAddresses {
		r.defect("there are more addresses in " + name + " than are kept")
		all = all[:MaxAddresses]
	}
	return all
}

// words decodes encoded words; one that cannot be stands as it was written.
func (r *reader) words(text string) string {
	out, err := decoder().DecodeHeader(text)
	if err != nil {
		r.defect("an encoded word in the headers cannot be read")
		out = text
	}
	return strings.TrimSpace(r.clean(out))
}

func (r *reader) clean(text string) string {
	if !utf8.ValidString(text) {
		r.defect("some characters in the headers are of no known charset")
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return text
}

func (r *reader) short(text string, runes int) string {
	if utf8.RuneCountInString(text) <= runes {
		return text
	}
	r.defect("a header is longer than is kept")
	return string([]rune(text)[:runes])
}

func decoder() *mime.WordDecoder { return &mime.WordDecoder{CharsetReader: inCharset} }

// inCharset reads text of a charset as UTF-8.
func inCharset(charset string, text io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(strings.TrimSpace(charset))
	if err != nil {
		return nil, errors.New("unknown charset")
	}
	return e.NewDecoder().Reader(text), nil
}

// part reads one part and those within it.
func (r *reader) part(h textproto.MIMEHeader, body io.Reader, depth int) error {
	r.parts++
	switch {
	case depth > MaxDepth:
		return refuse("its parts stand more than %d deep in each other", MaxDepth)
	case r.parts > MaxParts:
		return refuse("it has more than %d parts", MaxParts)
	}
	kind, params := "text/plain", map[string]string(nil)
	if stated := h.Get("Content-Type"); stated != "" {
		var err error
		if kind, params, err = mime.ParseMediaType(stated); err != nil {
			r.defect("a part is of no known type")
			kind, params = "application/octet-stream", nil
		}
	}
	if strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" {
		return r.multipart(multipart.NewReader(body, params["boundary"]), depth)
	}
	return r.leaf(h, kind, params, r.transferred(h, body))
}

func (r *reader) multipart(parts *multipart.Reader, depth int) error {
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.part(p.Header, p, depth+1); err != nil {
			return err
		}
	}
}

// transferred undoes the transfer encoding of a part.
func (r *reader) transferred(h textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, &alphabet{bufio.NewReader(body)})
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "", "7bit", "8bit", "binary":
		return body
	}
	r.defect("a part is encoded in an unknown way, and kept as it came")
	return body
}

// alphabet leaves out what is none of base64's characters, as RFC 2045 asks.
type alphabet struct{ from *bufio.Reader }

func (a *alphabet) Read(b []byte) (int, error) {
	for n := range b {
		for {
			c, err := a.from.ReadByte()
			if err != nil {
				return n, err
			}
			if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", c) >= 0 {
				b[n] = c
				break
			}
		}
	}
	return len(b), nil
}

// leaf reads a part that holds no others: the words, or an attachment.
func (r *reader) leaf(h textproto.MIMEHeader, kind string, params map[string]string, body io.Reader) error {
	disposition, named, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	name := named["filename"]
	if name == "" {
		name = params["name"]
	}
	a := correspondence.Attachment{Name: r.short(r.words(name), maxFieldRunes), Type: r.short(kind, 200)}
	sum := sha256.New()
	text := (kind == "text/plain" || kind == "text/html") && disposition != "attachment" && name == ""
	var words strings.Builder
	var err error
	if text {
		a.Bytes, err = io.Copy(io.MultiWriter(sum, &words), io.LimitReader(body, MaxTextBytes+1))
		if err == nil && a.Bytes > MaxTextBytes {
			return refuse("it has more than %d bytes of words", MaxTextBytes)
		}
	} else {
		a.Bytes, err = io.Copy(sum, body)
	}
	if err != nil {
		if r.in.err != nil {
			return r.in.err
		}
		r.defect("a part is damaged, and its hash is of what could be read")
	}
	a.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if text {
		if read, ok := r.inUTF8(words.String(), params["charset"]); ok {
			return r.say(kind, read, a)
		}
	}
	r.m.Attachments = append(r.m.Attachments, a)
	return nil
}

// inUTF8 reads words of a charset; those of an unknown one become an attachment.
func (r *reader) inUTF8(words, charset string) (string, bool) {
	if lower := strings.ToLower(charset); (charset == "" || lower == "utf-8" || lower == "us-ascii") && utf8.ValidString(words) {
		return words, true
	}
	if charset == "" || strings.EqualFold(charset, "us-ascii") {
		charset = "utf-8"
	}
	in, err := inCharset(charset, strings.NewReader(words))
	if err != nil {
		r.defect("some words are of an unknown charset, and kept as an attachment")
		return "", false
	}
	read, err := io.ReadAll(in)
	if err != nil || strings.ContainsRune(string(read), utf8.RuneError) {
		r.defect("some words are not of the charset that they are said to be")
	}
	return strings.ToValidUTF8(string(read), "\uFFFD"), true
}

// say adds words. HTML is the words where nothing else is; beside plain text it
// is an attachment.
func (r *reader) say(kind, words string, a correspondence.Attachment) error {
	to := &r.plain
	if kind == "text/html" {
		to = &r.html
		r.htmlParts = append(r.htmlParts, a)
	}
	if to.Len()+len(words) > MaxTextBytes {
		return refuse("it has more than %d bytes of words", MaxTextBytes)
	}
	to.WriteString(words)
	return nil
}

// finish settles what the words of the message are.
func (r *reader) finish() {
	words := r.plain.String()
	if strings.TrimSpace(words) == "" {
		words = r.html.String()
	} else {
		r.m.Attachments = append(r.m.Attachments, r.htmlParts...)
	}
	r.m.Text = paragraphs(words)
}

// paragraphs cuts a text after its empty lines; joined they are the text. The
// last holds what is left where there are too many.
func paragraphs(text string) []string {
	var all []string
	begin, blank := 0, false
	for at := 0; at < len(text); {
		line := strings.IndexByte(text[at:], '\n') + 1
		if line == 0 {
			line = len(text) - at
		}
		empty := strings.Trim(text[at:at+line], "\r\n") == ""
		if blank && !empty && len(all) < maxParagraphs-1 {
			all, begin = append(all, text[begin:at]), at
		}
		blank = empty
		at += line
	}
	if begin == len(text) {
		return all
	}
	return append(all, text[begin:])
}
