package pdf

import (
	"encoding/binary"
	"math"
)

// profile is a colour profile (ICC version 2, a display) with the primaries of
// sRGB and its exponent of about 2.2: what the colours of a page mean.
func profile() []byte {
	fixed := func(values ...float64) []byte {
		data := append([]byte("XYZ "), 0, 0, 0, 0)
		for _, v := range values {
			data = binary.BigEndian.AppendUint32(data, uint32(int32(math.Round(v*65536))))
		}
		return data
	}
	const name = "sRGB primaries, exponent 2.2"
	description := binary.BigEndian.AppendUint32(append([]byte("desc"), 0, 0, 0, 0), uint32(len(name)+1))
	description = append(append(description, name...), make([]byte, 1+4+4+2+1+67)...)
	curve := append([]byte("curv"), 0, 0, 0, 0, 0, 0, 0, 1, 2, 0x33, 0, 0)
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", description}, {"cprt", append([]byte("text\x00\x00\x00\x00"), "No copyright\x00"...)}, {"wtpt", fixed(0.9642, 1, 0.8249)},
		{"rXYZ", fixed(0.4361, 0.2225, 0.0139)}, {"gXYZ", fixed(0.3851, 0.7169, 0.0971)}, {"bXYZ", fixed(0.1431, 0.0606, 0.7141)},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	out := make([]byte, 128, 1024)
	copy(out[8:], []byte{2, 0x10})
	copy(out[12:], "mntrRGB XYZ ")
	copy(out[24:], []byte{7, 0xea, 0, 1, 0, 1}) // 1 January 2026
	copy(out[36:], "acsp")
	copy(out[68:], fixed(0.9642, 1, 0.8249)[8:])
	out = binary.BigEndian.AppendUint32(out, uint32(len(tags)))
	at := len(out) + 12*len(tags)
	var data []byte
	for _, t := range tags {
		out = append(out, t.name...)
		out = binary.BigEndian.AppendUint32(out, uint32(at+len(data)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(t.data)))
		data = append(data, t.data...)
		data = append(data, make([]byte, (4-len(data)%4)%4)...)
	}
	out = append(out, data...)
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}
