package binder

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"github.com/carlos7ags/folio/core"

	"caseledger/adapters/pdf"
)

// maxPixels bounds a picture, which is decoded to see that it is whole.
const maxPixels = 100_000_000

// paper on which a picture goes, in points, and the room round it.
const (
	short, long = 595.28, 841.89
	edge        = 42.5
)

// picture adds a JPEG or PNG to the book, upright and as large as a page allows.
func picture(book *pdf.Book, d Document) (pdf.Placed, error) {
	size, kind, err := image.DecodeConfig(bytes.NewReader(d.File))
	switch {
	case err != nil:
		return pdf.Placed{}, &DocumentError{d.ID, Corrupt, err}
	case size.Width < 1 || size.Height < 1 || size.Width > maxPixels/size.Height:
		return pdf.Placed{}, &DocumentError{d.ID, TooLarge, nil}
	}
	decode := jpeg.Decode
	if kind == "png" {
		decode = png.Decode
	}
	decoded, err := decode(bytes.NewReader(d.File))
	if err != nil {
		return pdf.Placed{}, &DocumentError{d.ID, Corrupt, err}
	}
	ref := book.Add(pictureObject(decoded, kind, d.File, size))
	turn := orientation(d.File)
	wide, high := float64(size.Width), float64(size.Height)
	if turn >= 5 {
		wide, high = high, wide
	}
	page := pdf.Placed{Width: short, Height: long, Matrix: [6]float64{1, 0, 0, 1, 0, 0}, Says: "Picture: " + d.Title}
	if wide > high {
		page.Width, page.Height = long, short
	}
	scale := min((page.Width-2*edge)/wide, (page.Height-2*edge)/high)
	w, h := wide*scale, high*scale
	page.Objects = []pdf.Object{{Ref: ref, Matrix: turned8(turn, (page.Width-w)/2, (page.Height-h)/2, w, h)}}
	return page, nil
}

// turned8 places a picture of one of the eight orientations in a box.
func turned8(orientation int, x, y, w, h float64) [6]float64 {
	switch orientation {
	case 2:
		return [6]float64{-w, 0, 0, h, x + w, y}
	case 3:
		return [6]float64{-w, 0, 0, -h, x + w, y + h}
	case 4:
		return [6]float64{w, 0, 0, -h, x, y + h}
	case 5:
		return [6]float64{0, -h, -w, 0, x + w, y + h}
	case 6:
		return [6]float64{0, -h, w, 0, x, y + h}
	case 7:
		return [6]float64{0, h, w, 0, x, y}
	case 8:
		return [6]float64{0, h, -w, 0, x + w, y}
	}
	return [6]float64{w, 0, 0, h, x, y}
}

// pictureObject keeps a JPEG in grey or three colours as it is coded, without what
// its camera said of place and time; all others are written as their points, on
// white.
func pictureObject(decoded image.Image, kind string, file []byte, size image.Config) core.PdfObject {
	_, isGray := decoded.(*image.Gray)
	_, isColour := decoded.(*image.YCbCr)
	if kind == "jpeg" && (isGray || isColour) {
		stream := core.NewPdfStream(bare(file))
		describe(stream, size.Width, size.Height, isGray)
		stream.Dict.Set("Filter", core.NewPdfName("DCTDecode"))
		return stream
	}
	bounds := decoded.Bounds()
	points := make([]byte, 0, 3*size.Width*size.Height)
	row := image.NewRGBA(image.Rect(0, 0, size.Width, 1))
	for y := range size.Height {
		draw.Draw(row, row.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(row, row.Bounds(), decoded, image.Pt(bounds.Min.X, bounds.Min.Y+y), draw.Over)
		for x := range size.Width {
			points = append(points, row.Pix[4*x:4*x+3]...)
		}
	}
	stream := core.NewPdfStreamCompressed(points)
	describe(stream, size.Width, size.Height, false)
	return stream
}

func describe(stream *core.PdfStream, width, height int, gray bool) {
	space := "DeviceRGB"
	if gray {
		space = "DeviceGray"
	}
	for _, entry := range []struct {
		key   string
		value core.PdfObject
	}{
		{"Type", core.NewPdfName("XObject")}, {"Subtype", core.NewPdfName("Image")}, {"Width", core.NewPdfInteger(width)}, {"Height", core.NewPdfInteger(height)},
		{"ColorSpace", core.NewPdfName(space)}, {"BitsPerComponent", core.NewPdfInteger(8)},
	} {
		stream.Dict.Set(entry.key, entry.value)
	}
}

// segments calls f with each segment of a JPEG before its points: its marker, where
// it begins and where the next does.
func segments(file []byte, f func(marker byte, from, to int)) {
	for at := 2; at+4 <= len(file) && file[at] == 0xff; {
		marker := file[at+1]
		if marker == 0xff {
			at++
			continue
		}
		to := at + 2 + int(binary.BigEndian.Uint16(file[at+2:]))
		if marker == 0xda || to > len(file) {
			return
		}
		f(marker, at, to)
		at = to
	}
}

// bare is a JPEG without what programs have said of it: only how its colours are
// coded is kept.
func bare(file []byte) []byte {
	out := make([]byte, 0, len(file))
	kept := 0
	segments(file, func(marker byte, from, to int) {
		if (marker >= 0xe0 && marker <= 0xef && marker != 0xee) || marker == 0xfe {
			out = append(out, file[kept:from]...)
			kept = to
		}
	})
	return append(out, file[kept:]...)
}

// orientation is how a picture was held, 1 to 8, as its camera said; 1 where it
// said nothing that can be read.
func orientation(file []byte) int {
	found := 1
	if bytes.HasPrefix(file, []byte("\x89PNG")) {
		for at := 8; at+12 <= len(file); {
			size := int(binary.BigEndian.Uint32(file[at:]))
			if size < 0 || size > len(file)-at-12 {
				break
			}
			if string(file[at+4:at+8]) == "eXIf" {
				found = ofExif(file[at+8 : at+8+size])
			}
			at += 12 + size
		}
		return found
	}
	segments(file, func(marker byte, from, to int) {
		if exif, is := bytes.CutPrefix(file[from+4:to], []byte("Exif\x00\x00")); marker == 0xe1 && is {
			found = ofExif(exif)
		}
	})
	return found
}

// ofExif reads the orientation from the first directory of an Exif block.
func ofExif(block []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(block, []byte("MM")) {
		order = binary.BigEndian
	}
	if len(block) < 8 {
		return 1
	}
	at := int(order.Uint32(block[4:]))
	if at < 8 || at > len(block)-2 {
		return 1
	}
	const entry = 12
	for i := range int(order.Uint16(block[at:])) {
		from := at + 2 + i*entry
		if from+entry > len(block) {
			return 1
		}
		if value := int(order.Uint16(block[from+8:])); order.Uint16(block[from:]) == 0x0112 && value >= 1 && value <= 8 {
			return value
		}
	}
	return 1
}

// isPicture says whether a file begins as a JPEG or PNG.
func isPicture(file []byte) bool {
	return bytes.HasPrefix(file, []byte("\xff\xd8\xff")) || bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n"))
}

// isPDF says whether a file is a PDF: some have something before it.
func isPDF(file []byte) bool { return bytes.Contains(file[:min(len(file), 1024)], []byte("%PDF-")) }

// file binds a file that was uploaded.
func (j *job) file(d Document, foot pdf.Foot, bound *Bound) ([]pdf.Sheet, error) {
	switch {
	case len(d.File) > MaxFile:
		return nil, &DocumentError{d.ID, TooLarge, nil}
	case isPicture(d.File):
		placed, err := picture(j.book, d)
		if err != nil {
			return nil, err
		}
		sheet, err := j.book.Place(placed, foot)
		return []pdf.Sheet{sheet}, err
	case !isPDF(d.File):
		return nil, &DocumentError{d.ID, Unknown, nil}
	}
	u, err := openUpload(j.ctx, d.ID, d.File)
	if err != nil {
		return nil, err
	}
	u.book = j.book
	var sheets []pdf.Sheet
	for n := range u.file.PageCount {
		placed, err := u.page(n + 1)
		if err != nil {
			return nil, err
		}
		placed.Says = fmt.Sprintf("Page %d of %s: a picture without words that can be searched", n+1, d.Title)
		sheet, err := j.book.Place(placed, foot)
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, sheet)
	}
	bound.LeftOut, bound.NotArchival = u.leftOut(), u.notArchival()
	j.manifest.Archival = j.manifest.Archival && len(bound.NotArchival) == 0
	return sheets, nil
}
