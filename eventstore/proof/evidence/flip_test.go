package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// seeded returns chance that a failure can be repeated with.
func seeded(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// TestAFlippedBitAnywhereInAPackageIsFoundAndItsFileNamed tries bytes at random,
// none excepted: there is no byte without meaning. The verdict of an entry to which the byte
// belongs is bad, unless the flip leaves nothing that can be read as files;
// then the file that is named is the last before it.
func TestAFlippedBitAnywhereInAPackageIsFoundAndItsFileNamed(t *testing.T) {
	w := testWorld()
	packed := pack(w.files)
	owners := ownersOf(w.files)
	chance := seeded(t)
	for at := range packed {
		if headerByte(packed, at) && chance.IntN(8) > 0 || !headerByte(packed, at) && chance.IntN(100) > 0 {
			continue
		}
		bad := bytes.Clone(packed)
		bad[at] ^= 1 << chance.IntN(8)
		r := must(Verify(bytes.NewReader(bad), int64(len(bad)), w.trust))
		if r.Overall != Altered {
			t.Fatalf("byte %d of %d: %s", at, len(packed), r.Overall)
		}
		if found := fmt.Sprint(r.Problems); !strings.Contains(found, owners[at][0]) && !strings.Contains(found, owners[at][1]) {
			t.Fatalf("byte %d, of %q after %q: %s", at, owners[at][0], owners[at][1], found)
		}
		for n := range numbered(owners[at][0]) {
			if len(r.Entries) > 0 && !r.Entries[n-1].Verdict.Bad() {
				t.Fatalf("byte %d, of %q: the entry is %s", at, owners[at][0], r.Entries[n-1].Verdict)
			}
		}
	}
}

// ownersOf returns for every byte of the container the file that it belongs to,
// and the one before.
func ownersOf(files map[string][]byte) (owners [][2]string) {
	var list [][2]string
	before := ""
	for _, name := range slices.Sorted(maps.Keys(files)) {
		this := [2]string{name, before}
		owners = append(owners, slices.Repeat([][2]string{this}, localBytes+len(name)+len(files[name]))...)
		list = append(list, slices.Repeat([][2]string{this}, centralBytes+len(name))...)
		before = name
	}
	return slices.Concat(owners, list, slices.Repeat([][2]string{{"the container's last 22 bytes", before}}, endBytes))
}

// headerByte reports whether a byte is near a header: more of those are tried.
func headerByte(packed []byte, at int) bool {
	near := packed[max(0, at-localBytes):min(len(packed), at+4)]
	return bytes.Contains(near, []byte("PK\x03\x04")) || bytes.Contains(near, []byte("PK\x01\x02")) || bytes.Contains(near, []byte("PK\x05\x06"))
}

// statements are what nobody but the authority vouches for; only the package's
// fingerprint covers them.
var statements = []string{systemName, policyName, bundleName, redactionsName, keysName}

func TestAFlippedBitOfTheContentsIsFoundEvenIfTheManifestIsMadeAnew(t *testing.T) {
	w := testWorld()
	chance := seeded(t)
	whole := verify(w.files, w.trust)
	names := slices.Sorted(maps.Keys(w.files))
	for range 400 {
		f := maps.Clone(w.files)
		name := names[chance.IntN(len(names))]
		data := bytes.Clone(f[name])
		at := chance.IntN(len(data))
		data[at] ^= 1 << chance.IntN(8)
		f[name] = data
		if name != manifestName {
			f = attack{do: func(*world, map[string][]byte) {}}.spoil(&world{files: f})
		}
		r := verify(f, w.trust)
		if r.Bad() {
			continue
		}
		if r.Fingerprint == whole.Fingerprint {
			t.Fatalf("%s, byte %d: the fingerprint is the same", name, at)
		}
		if !slices.Contains(statements, name) {
			t.Fatalf("%s, byte %d: %s", name, at, r.Overall)
		}
	}
}

// badContainers are not written as pack writes.
func badContainers() map[string][]byte {
	good := pack(testWorld().files)
	local := func(name string, size uint32) []byte {
		b := appendLocal(nil, name, nil)
		binary.LittleEndian.PutUint32(b[18:], size)
		binary.LittleEndian.PutUint32(b[22:], size)
		return append(b, make([]byte, 100)...)
	}
	lying := func(at int, stated uint32) []byte { // about the size of the first file
		b := bytes.Clone(good)
		binary.LittleEndian.PutUint32(b[at:], stated)
		return b
	}
	return map[string][]byte{
		"empty":                                {},
		"no zip":                               []byte(strings.Repeat("not a zip ", 10)),
		"cut":                                  good[:len(good)-1],
		"cut in the middle":                    good[:len(good)/2],
		"something behind":                     append(bytes.Clone(good), 0),
		"something before":                     append([]byte{0}, good...),
		"no files":                             appendEnd(nil, 0, 0, 0)[:endBytes-1],
		"an absolute name":                     pack(map[string][]byte{"/etc/passwd": nil}),
		"a name that climbs":                   pack(map[string][]byte{"leaves/../../x": nil}),
		"a name that climbs on another system": pack(map[string][]byte{`leaves\..\..\x`: nil}),
		"an unknown name":                      pack(map[string][]byte{"leaves/000001.txt": nil}),
		"an entry of no number":                pack(map[string][]byte{"leaves/1.leaf": nil}),
		"an entry beyond all":                  pack(map[string][]byte{"leaves/010001.leaf": nil}),
		"a directory":                          pack(map[string][]byte{"leaves/": nil}),
		"a backslash":                          pack(map[string][]byte{`leaves\000001.leaf`: nil}),
		"a name with a zero byte":              pack(map[string][]byte{"system\x00": nil}),
		"a name that is not UTF-8":             pack(map[string][]byte{"system\xff": nil}),
		"a name twice":                         twice("system"),
		"names in another order":               append(appendLocal(nil, systemName, nil), pack(map[string][]byte{keysName: nil})...),
		"a file of four gigabytes":             local(systemName, 1<<32-1),
		"a file beyond the end":                local(systemName, 1000),
		"a file said to be shorter":            lying(18, 10),
		"a file said to be longer":             lying(18, 5000),
		"a file said to unpack to gigabytes":   lying(22, 1<<32-1),
		"a long name":                          pack(map[string][]byte{strings.Repeat("x", maxNameChars+1): nil}),
		"a zip bomb":                           bomb(),
		"a zip of another program":             repacked(testWorld().files),
	}
}

func TestOnlyTheOneFormOfAContainerIsRead(t *testing.T) {
	for name, bad := range badContainers() {
		_, damaged, err := unpack(bytes.NewReader(bad), int64(len(bad)))
		if !errors.Is(err, ErrFormat) && len(damaged) == 0 {
			t.Errorf("%s: %v", name, err)
		}
		r, err := Verify(bytes.NewReader(bad), int64(len(bad)), testWorld().trust)
		if err != nil || r.Overall != Altered {
			t.Errorf("%s: %s %v", name, r.Overall, err)
		}
	}
}

// bomb is a small zip of a large file.
func bomb() []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	must(must(z.Create(systemName)).Write(make([]byte, MaxFileBytes)))
	must(0, z.Close())
	return out.Bytes()
}

// repacked has the same files, and headers that another program writes.
func repacked(files map[string][]byte) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		must(must(z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})).Write(files[name]))
	}
	must(0, z.Close())
	return out.Bytes()
}

// mayMiss are the parts without which a package is as good.
var mayMiss = []string{policyName, bundleName}

// without are the packages that lack one part, each with its manifest made anew.
func without(w *world) map[string][]byte {
	out := map[string][]byte{}
	for name := range w.files {
		if name == manifestName {
			f := maps.Clone(w.files)
			delete(f, name)
			out[name] = pack(f)
		} else {
			out[name] = pack(attack{do: removed(name)}.spoil(w))
		}
	}
	return out
}

func TestEveryPartThatIsMissingIsFound(t *testing.T) {
	w := testWorld()
	for name, packed := range without(w) {
		r := must(Verify(bytes.NewReader(packed), int64(len(packed)), w.trust))
		if r.Bad() == slices.Contains(mayMiss, name) {
			t.Errorf("without %s: %s", name, r.Overall)
		}
	}
}

func twice(name string) []byte {
	b := append(appendLocal(nil, name, nil), appendLocal(nil, name, nil)...)
	d := append(appendCentral(nil, name, nil, 0), appendCentral(nil, name, nil, len(b)/2)...)
	return appendEnd(append(b, d...), 2, len(d), len(b))
}

func TestAPackageOfTenMillionFilesIsRefusedBeforeItIsRead(t *testing.T) {
	one := appendLocal(nil, systemName, nil)
	many := &repeated{one: one}
	if _, _, err := unpack(many, MaxPackageBytes+1); !errors.Is(err, ErrFormat) || many.reads > 0 {
		t.Error(err, many.reads)
	}
	if _, _, err := unpack(many, MaxPackageBytes); !errors.Is(err, ErrFormat) || many.reads > 10 {
		t.Error(err, many.reads)
	}
}

type repeated struct {
	one   []byte
	reads int
}

func (r *repeated) ReadAt(b []byte, at int64) (int, error) {
	r.reads++
	for i := range b {
		b[i] = r.one[(at+int64(i))%int64(len(r.one))]
	}
	return len(b), nil
}

func TestAnErrorOfReadingIsNotAVerdict(t *testing.T) {
	w := testWorld()
	packed := pack(w.files)
	r, err := Verify(failing{bytes.NewReader(packed)}, int64(len(packed)), w.trust)
	if !errors.Is(err, io.ErrUnexpectedEOF) || !r.Bad() {
		t.Error(r.Overall, err)
	}
}

type failing struct{ *bytes.Reader }

func (f failing) ReadAt(b []byte, at int64) (int, error) {
	if at > 5000 {
		return 0, io.ErrUnexpectedEOF
	}
	return f.Reader.ReadAt(b, at)
}

// FuzzVerify looks for panics, and for anything that is taken and not written
// again byte for byte.
func FuzzVerify(f *testing.F) {
	w := testWorld()
	f.Add(pack(w.files))
	f.Add(pack(map[string][]byte{manifestName: w.files[manifestName]}))
	f.Fuzz(func(t *testing.T, packed []byte) {
		r, err := Verify(bytes.NewReader(packed), int64(len(packed)), w.trust)
		if err == nil && !r.Bad() && crc32.ChecksumIEEE(packed) != crc32.ChecksumIEEE(pack(w.files)) {
			t.Error("another package is good")
		}
	})
}

// FuzzTexts holds every parser to the rule of all texts.
func FuzzTexts(f *testing.F) {
	w := testWorld()
	for _, name := range []string{manifestName, redactionsName, digestsName(1), disclosuresName(1)} {
		f.Add(w.files[name])
	}
	f.Add([]byte(certificate))
	f.Fuzz(func(t *testing.T, text []byte) {
		if m, err := parseManifest(text); err == nil && !bytes.Equal(m.text(), text) {
			t.Errorf("%q", text)
		}
		if r, err := parseRedactions(text); err == nil && !bytes.Equal(redactionsText(r), text) {
			t.Errorf("%q", text)
		}
		if d, err := parseDigests(text); err == nil && !bytes.Equal(digestsText(d), text) {
			t.Errorf("%q", text)
		}
		if l, err := parseLines(text); err == nil && !bytes.Equal(linesText(l), text) {
			t.Errorf("%q", text)
		}
		certificateKey(text)
	})
}
