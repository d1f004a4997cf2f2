package binder

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/carlos7ags/folio/core"
	"github.com/carlos7ags/folio/reader"
	"github.com/digitorus/pkcs7"

	"caseledger/eventstore/proof/timestamp"
)

// Signature is who signs a bundle, and how.
type Signature struct {
	Key          crypto.Signer       // RSA or ECDSA
	Certificates []*x509.Certificate // of the key, and those that vouch for it
	Reason       string
	At           time.Time
	// Authority stamps the signature with the time (PAdES B-T); without one the
	// time is what the signer says (B-B).
	Authority *timestamp.Authority
}

// ErrNotOurs says that a file is not one that Build wrote and nobody has signed.
var ErrNotOurs = errors.New("binder: not a bundle as it was built")

const (
	signatureRoom = 32_768 // digits of the signature; one with a stamp takes some 12,000
	rangeForm     = "[%010d %010d %010d %010d]"
)

// essCertificate names the certificate that signs, within what is signed (RFC 5035).
type essCertificate struct{ Certificates []essID }

type essID struct{ Hash []byte } // SHA-256 is the default and is left out

var (
	essV2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	timeStamp = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
)

// Sign writes a bundle with a signature behind it: the bytes of the bundle stay as
// they are. Where it fails nothing is written.
func Sign(ctx context.Context, w io.Writer, file []byte, s Signature) error {
	if len(s.Certificates) == 0 || s.Key == nil {
		return errors.New("binder: a signature needs a key and its certificate")
	}
	signed, err := withRoom(file, s)
	if err != nil {
		return err
	}
	open := bytes.LastIndex(signed, []byte("/Contents <")) + len("/Contents ")
	end := open + signatureRoom + 2
	at := bytes.LastIndex(signed[:open], []byte("/ByteRange ")) + len("/ByteRange ")
	copy(signed[at:], fmt.Sprintf(rangeForm, 0, open, end, len(signed)-end))
	signature, err := s.sign(ctx, slices.Concat(signed[:open], signed[end:]))
	if err != nil {
		return err
	}
	if 2*len(signature) > signatureRoom {
		return fmt.Errorf("binder: a signature of %d bytes has no room", len(signature))
	}
	hex.Encode(signed[open+1:], signature)
	_, err = w.Write(signed)
	return err
}

// withRoom is the file with a signature that is still empty.
func withRoom(file []byte, s Signature) ([]byte, error) {
	r, err := reader.ParseWithOptions(file, reader.ReadOptions{Strictness: reader.StrictnessStrict})
	if err != nil {
		return nil, ErrNotOurs
	}
	root, isRef := r.Trailer().Get("Root").(*core.PdfIndirectReference)
	begin := bytes.LastIndex(file, []byte("startxref\n"))
	var table int
	if _, err := fmt.Sscanf(string(file[max(begin, 0):]), "startxref\n%d\n%%%%EOF", &table); err != nil || !isRef || r.Catalog().Get("AcroForm") != nil {
		return nil, ErrNotOurs
	}
	first := r.MaxObjectNumber() + 1
	catalog := core.NewPdfDictionary()
	for key, value := range r.Catalog().All() {
		catalog.Set(key, value)
	}
	catalog.Set("AcroForm", core.NewPdfIndirectReference(first+2, 0))

	out := bytes.NewBuffer(slices.Clone(file))
	offsets := map[int]int{}
	object := func(number int, body string) {
		offsets[number] = out.Len()
		fmt.Fprintf(out, "%d 0 obj\n%s\nendobj\n", number, body)
	}
	var root2 bytes.Buffer
	if _, err := catalog.WriteTo(&root2); err != nil {
		return nil, err
	}
	object(root.Num(), root2.String())
	object(first, fmt.Sprintf("<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (%s) /Reason (%s) /ByteRange "+rangeForm+" /Contents <%s> >>",
		s.At.UTC().Format("D:20060102150405+00'00'"), core.EscapeLiteralString(s.Reason), 0, 0, 0, 0, bytes.Repeat([]byte("0"), signatureRoom)))
	object(first+1, fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature) /TU (Signature) /V %d 0 R /F 132 /Rect [0 0 0 0] >>", first))
	object(first+2, fmt.Sprintf("<< /Fields [%d 0 R] /SigFlags 3 >>", first+1))
	start := out.Len()
	out.WriteString("xref\n")
	for _, number := range []int{root.Num(), first, first + 1, first + 2} {
		fmt.Fprintf(out, "%d 1\n%010d 00000 n \n", number, offsets[number])
	}
	trailer := core.NewPdfDictionary()
	for _, key := range []string{"Root", "Info", "ID"} {
		if value := r.Trailer().Get(key); value != nil {
			trailer.Set(key, value)
		}
	}
	trailer.Set("Size", core.NewPdfInteger(first+3))
	trailer.Set("Prev", core.NewPdfInteger(table))
	out.WriteString("trailer\n")
	if _, err := trailer.WriteTo(out); err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "\nstartxref\n%d\n%%%%EOF\n", start)
	return out.Bytes(), nil
}

// sign returns a detached signature over the content. A stamp is over the signature
// itself, as RFC 3161 has it.
func (s Signature) sign(ctx context.Context, content []byte) ([]byte, error) {
	data, err := pkcs7.NewSignedData(content)
	if err != nil {
		return nil, fmt.Errorf("binder: sign: %w", err)
	}
	data.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	sum := sha256.Sum256(s.Certificates[0].Raw)
	ess := pkcs7.Attribute{Type: essV2, Value: essCertificate{[]essID{{sum[:]}}}}
	if err := data.AddSignerChain(s.Certificates[0], s.Key, s.Certificates[1:], pkcs7.SignerInfoConfig{ExtraSignedAttributes: []pkcs7.Attribute{ess}}); err != nil {
		return nil, fmt.Errorf("binder: sign: %w", err)
	}
	data.Detach()
	if s.Authority != nil {
		info := &data.GetSignedData().SignerInfos[0]
		token, err := s.Authority.Stamp(ctx, info.EncryptedDigest)
		if err != nil {
			return nil, err
		}
		if err := info.SetUnauthenticatedAttributes([]pkcs7.Attribute{{Type: timeStamp, Value: asn1.RawValue{FullBytes: token.DER}}}); err != nil {
			return nil, fmt.Errorf("binder: sign: %w", err)
		}
	}
	return data.Finish()
}
