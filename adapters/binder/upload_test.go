package binder_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"caseledger/adapters/binder"
	"caseledger/adapters/paper"
	"caseledger/adapters/pdf"
)

func TestMain(m *testing.M) {
	api.DisableConfigDir() // or the library writes to the home directory
	m.Run()
}

func uploaded(t testing.TB, p paper.Paper) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := pdf.Write(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// picture is red at its top left as it is to be seen, stored in an orientation.
func picture(t testing.TB, orientation int) []byte {
	t.Helper()
	const wide, high = 60, 40
	seen := func(x, y int) color.Color {
		if x < 20 && y < 20 {
			return color.RGBA{255, 0, 0, 255}
		}
		return color.RGBA{0, 0, 255, 255}
	}
	w, h := wide, high
	if orientation >= 5 {
		w, h = high, wide
	}
	stored := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			var sx, sy int
			switch orientation {
			case 1:
				sx, sy = x, y
			case 2:
				sx, sy = wide-1-x, y
			case 3:
				sx, sy = wide-1-x, high-1-y
			case 4:
				sx, sy = x, high-1-y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = wide-1-y, x
			case 7:
				sx, sy = wide-1-y, high-1-x
			case 8:
				sx, sy = y, high-1-x
			}
			stored.Set(x, y, seen(sx, sy))
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, stored, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00")
	exif = append(exif, byte(orientation), 0, 0, 0, 0, 0, 0)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(append([]byte{0xff, 0xd8}, segment...), exif...), out.Bytes()[2:]...)
}

func with(files ...[]byte) binder.Bundle {
	b := sample()
	var documents []binder.Document
	for i, f := range files {
		documents = append(documents, binder.Document{ID: fmt.Sprintf("file-%d", i+1), Title: fmt.Sprintf("Upload %d", i+1), File: f})
	}
	b.Attachments = nil // which the validator below knows only in a later version of PDF
	b.Sections = []binder.Section{{Letter: "C", Title: "Uploads", Documents: documents}}
	return b
}

func TestPicturesAndPapersThatWereUploadedAreBound(t *testing.T) {
	var files [][]byte
	for o := 1; o <= 8; o++ {
		files = append(files, picture(t, o))
	}
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewNRGBA(image.Rect(0, 0, 30, 50))); err != nil {
		t.Fatal(err)
	}
	report := told("Report", 30)
	files = append(files, out.Bytes(), uploaded(t, *report))
	file, m := built(t, with(files...))
	if !m.Archival || m.Documents[9].Pages < 3 || m.Documents[8].First != "C9" || m.Documents[9].LeftOut == nil {
		t.Errorf("%+v", m.Documents)
	}
	if bytes.Contains(file, []byte("Exif")) {
		t.Error("what the camera said came along")
	}
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	if err := api.Validate(bytes.NewReader(file), conf); err != nil {
		t.Errorf("another's validator says: %v", err)
	}
}

func TestAFileThatCannotBeBoundIsNamedWithItsFaultAndNothingIsWritten(t *testing.T) {
	good := uploaded(t, paper.Paper{Title: "T", Blocks: []paper.Block{paper.Plain("x")}})
	encrypted := func() []byte {
		var out bytes.Buffer
		if err := api.Encrypt(bytes.NewReader(good), &out, model.NewAESConfiguration("user", "owner", 256)); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}()
	owned := func() []byte {
		var out bytes.Buffer
		if err := api.Encrypt(bytes.NewReader(good), &out, model.NewAESConfiguration("", "owner", 256)); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}()
	for name, c := range map[string]struct {
		file  []byte
		fault binder.Fault
	}{
		"text":        {[]byte("Dear court"), binder.Unknown},
		"empty":       {[]byte{}, binder.Unknown},
		"cut off":     {good[:len(good)/3], binder.Corrupt},
		"only a head": {[]byte("%PDF-1.7\n"), binder.Corrupt},
		"password":    {encrypted, binder.Encrypted},
		"owner":       {owned, binder.Encrypted},
		"script":      {raw("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", 1), binder.Active},
		"program":     {raw("/OpenAction << /S /Launch /F (cmd.exe) >>", 1), binder.Active},
		"layers":      {raw("/OCProperties << /OCGs [3 0 R] /D << /OFF [3 0 R] >> >>", 1), binder.Layers},
		"long":        {raw("", 10_000), binder.TooManyPages},
		"no picture":  {[]byte("\xff\xd8\xff\xe0\x00\x04ab"), binder.Corrupt},
		"huge":        {append(pngHead(60_000, 60_000), 0), binder.TooLarge},
	} {
		var out bytes.Buffer
		_, err := binder.Build(t.Context(), &out, with(c.file), nil)
		var of *binder.DocumentError
		if !errors.As(err, &of) || of.ID != "file-1" || of.Fault != c.fault || out.Len() != 0 {
			t.Errorf("%s: %v, %d bytes", name, err, out.Len())
		}
	}
}

func pngHead(w, h uint32) []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		panic(err)
	}
	file := out.Bytes()
	binary.BigEndian.PutUint32(file[16:], w)
	binary.BigEndian.PutUint32(file[20:], h)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

// raw is a PDF of so many pages whose catalogue says more, and whose font is not
// embedded.
func raw(more string, pages int) []byte {
	var out bytes.Buffer
	var offsets []int
	object := func(body string) {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", len(offsets), body)
	}
	out.WriteString("%PDF-1.7\n")
	object("<< /Type /Catalog /Pages 2 0 R " + more + " >>")
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 6+i)
	}
	object(fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> >>", kids.String(), pages))
	object("<< /Type /OCG /Name (layer) >>")
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	content := "/P << /MCID 0 >> BDC BT /F1 10 Tf 50 700 Td (Uploaded words \\(BDC EMC\\)) Tj ET EMC"
	object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content))
	for range pages {
		object("<< /Type /Page /Parent 2 0 R /Rotate 90 /Contents 5 0 R >>")
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return out.Bytes()
}

func TestABundleWithAFileThatNobodyVouchesForDoesNotClaimToBePDFA(t *testing.T) {
	file, m := built(t, with(raw("", 2)))
	if m.Archival || len(m.Documents[0].NotArchival) != 2 || bytes.Contains(file, []byte("pdfaid:part")) {
		t.Errorf("%+v", m.Documents[0])
	}
}

func FuzzAFileThatIsUploadedIsBoundOrNamed(f *testing.F) {
	f.Add(raw("", 1))
	f.Add(raw("/OpenAction << /S /Launch >>", 1))
	f.Add(picture(f, 6))
	f.Add([]byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<16 {
			return
		}
		_, err := binder.Build(t.Context(), io.Discard, with(file), nil)
		var of *binder.DocumentError
		if err != nil && !errors.As(err, &of) {
			t.Errorf("an error that names no document: %v", err)
		}
	})
}
