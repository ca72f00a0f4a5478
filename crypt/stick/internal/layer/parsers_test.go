package layer

import (
	"archive/tar"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/stickpath"
)

// These tests are inside the package: they give its parsers what passed the
// checks of authenticity, as somebody could write who once held the key.

const testStick = "6f1f4d2e-0000-4000-8000-000000000001"

var testKey = &Key{MAC: &MACKeys{layer: make([]byte, 32), contents: make([]byte, 32)}}

func testHeader() *Header {
	return &Header{Stick: testStick, ID: ID{7, "0123abcd"}, Time: time.Unix(1, 0), Prev: Ref{6, strings.Repeat("ab", 32)}}
}

// testTar is a layer's tar with the given entries after a good header.
func testTar(t testing.TB, write func(*tar.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: testHeader().records(testKey.MAC)}); err != nil {
		t.Fatal(err)
	}
	if write != nil {
		write(w)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readTestLayer reads a tar and returns the entries that were refused.
func readTestLayer(data []byte) (*Layer, []string, error) {
	var refused []string
	l, err := Read(bytes.NewReader(data), testStick, testKey, NewRecorder(NewBudget()), func(name string, err error) {
		refused = append(refused, fmt.Sprintf("%q: %v", name, err))
	})
	return l, refused, err
}

func TestHostileEntries(t *testing.T) {
	long := strings.Repeat("x", 300)
	bad := []tar.Header{
		{Typeflag: tar.TypeReg, Name: "/etc/passwd"},
		{Typeflag: tar.TypeReg, Name: "../up"},
		{Typeflag: tar.TypeReg, Name: "a/../../up"},
		{Typeflag: tar.TypeReg, Name: "a//b"},
		{Typeflag: tar.TypeReg, Name: "./a"},
		{Typeflag: tar.TypeReg, Name: "cafe\u0301", Format: tar.FormatPAX},
		{Typeflag: tar.TypeReg, Name: long},
		{Typeflag: tar.TypeReg, Name: ".wh..wh..opq"},
		{Typeflag: tar.TypeReg, Name: "x/.wh.", Size: 0},
		{Typeflag: tar.TypeReg, Name: ".wh.withcontent", Size: 3},
		{Typeflag: tar.TypeReg, Name: strings.Repeat("d/", 200) + "deep", Format: tar.FormatPAX},
		{Typeflag: tar.TypeDir, Name: "../d/"},
		{Typeflag: tar.TypeSymlink, Name: "link", Linkname: "/etc"},
		{Typeflag: tar.TypeLink, Name: "hard", Linkname: "/etc/passwd"},
		{Typeflag: tar.TypeLink, Name: "hard", Linkname: "../x"},
		{Typeflag: tar.TypeChar, Name: "null", Devmajor: 1, Devminor: 3},
		{Typeflag: tar.TypeBlock, Name: "disk", Devmajor: 8},
		{Typeflag: tar.TypeFifo, Name: "pipe"},
		{Typeflag: tar.TypeReg, Name: "xattr", PAXRecords: map[string]string{"SCHILY.xattr.user.x": "y"}, Format: tar.FormatPAX},
		{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"STOWAGE.layer": "00000001-00000000"}},
	}
	data := testTar(t, func(w *tar.Writer) {
		for i := range bad {
			if err := w.WriteHeader(&bad[i]); err != nil {
				t.Fatalf("%+v: %v", bad[i], err)
			}
			_, _ = w.Write(make([]byte, bad[i].Size))
		}
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "good"})
	})
	l, refused, err := readTestLayer(data)
	if err != nil || len(refused) != len(bad) || l.Records.Count != 1 || l.Records.pieces[0][0].Path() != "good" {
		t.Errorf("%v, refused %d of %d: %s", err, len(refused), len(bad), strings.Join(refused, "\n"))
	}
}

// TestSparse gives a GNU sparse file, which claims more than it holds.
func TestSparse(t *testing.T) {
	data := testTar(t, func(w *tar.Writer) {
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "bomb", Size: 512})
		_, _ = w.Write(make([]byte, 512))
	})
	// Turn the entry's type into GNU's sparse file, and mend the checksum.
	at := bytes.Index(data, []byte("bomb\x00"))
	block := data[at : at+512]
	block[156] = 'S'
	sum := 0
	for i, c := range block {
		if i >= 148 && i < 156 {
			c = ' '
		}
		sum += int(c)
	}
	copy(block[148:], fmt.Sprintf("%06o\x00 ", sum))
	l, refused, err := readTestLayer(data)
	if l.Records.Count != 0 || err == nil && len(refused) == 0 {
		t.Errorf("%v, %v, %+v", err, refused, l.Records)
	}
}

func TestForgedHeaderFields(t *testing.T) {
	good := testHeader().records(testKey.MAC)
	for name := range good {
		bad := map[string]string{}
		for k, v := range good {
			bad[k] = v
		}
		bad[name] += "0"
		if _, err := ParseHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: bad}, testStick, testKey.MAC); err == nil {
			t.Errorf("%s changed without notice", name)
		}
		delete(bad, name)
		if _, err := ParseHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: bad}, testStick, testKey.MAC); err == nil {
			t.Errorf("%s left out without notice", name)
		}
	}
}

func FuzzLayer(f *testing.F) {
	good := testTar(f, func(w *tar.Writer) {
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "dir/a", Size: 3})
		_, _ = io.WriteString(w, "abc")
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: "dir/"})
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeLink, Name: "b", Linkname: "dir/a"})
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: ".wh.dir"})
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "größe", Size: 0})
	})
	header := testTar(f, nil)
	header = header[:len(header)-1024]
	f.Add(good[len(header):])
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0}, 1024))
	f.Fuzz(func(t *testing.T, entries []byte) {
		l, _, err := readTestLayer(slices.Concat(header, entries))
		if l == nil {
			t.Fatalf("a good header was refused: %v", err)
		}
		for r := range l.Records.All() {
			if stickpath.Check(r.Path()) != nil || r.Kind == LinkRecord && stickpath.Check(r.Link()) != nil || !path.IsAbs("/"+r.Path()) || r.Size < 0 || !r.Is(r.Path()) {
				t.Errorf("%+v", r)
			}
		}
		checkTree(t, l)
	})
}

// checkTree applies a layer and walks what it gives.
func checkTree(t *testing.T, l *Layer) {
	t.Helper()
	tree := TreeOf([]*Layer{l})
	_ = tree.Root.Walk(".", func(p string, n *Node) error {
		if stickpath.Check(p) != nil || tree.Find(p) != n || !n.IsFolder() && (n.Data == nil || n.Data.Kind != FileRecord) {
			t.Errorf("%q: %+v", p, n)
		}
		return nil
	})
}

// FuzzLayerFile reads tars whose header need not be good.
func FuzzLayerFile(f *testing.F) {
	f.Add(testTar(f, nil))
	f.Add([]byte("no tar"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, _, err := readTestLayer(data)
		if l == nil && err == nil {
			t.Error("neither a layer nor an error")
		}
	})
}

// sealTable authenticates the text of a table.
func sealTable(text string) string {
	mac := hmac.New(sha256.New, testKey.MAC.contents)
	mac.Write([]byte(text))
	return fmt.Sprintf("%shmac\t%x\n\n\n", text, mac.Sum(nil))
}

// tableOf is the text of the table of some layers.
func tableOf(layers ...*Layer) string {
	var b strings.Builder
	_ = writeContents(&b, layers, testKey, testStick)
	return b.String()
}

func readTestContents(text string) ([]*Layer, error) {
	return readContents(strings.NewReader(text), testKey, testStick, NewRecorder(NewBudget()))
}

func FuzzContents(f *testing.F) {
	l, _, err := readTestLayer(testTar(f, func(w *tar.Writer) {
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "dir/a\nb%\tc", Size: 3})
		_, _ = io.WriteString(w, "abc")
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeLink, Name: "b", Linkname: "dir/a\nb%\tc"})
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: ".wh.dir"})
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: "e/"})
	}))
	if err != nil {
		f.Fatal(err)
	}
	l.Parts, l.Digest, l.Tidied, l.Below = []int64{1, 2}, strings.Repeat("cd", 32), true, []Ref{{3, strings.Repeat("ef", 32)}}
	text := tableOf(l, l)
	text = text[:strings.LastIndex(text, "hmac")]
	f.Add(text)
	f.Add(contentsIntro + "\t" + testStick + "\nf\t1\t2\t3\tx\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		layers, err := readTestContents(sealTable(text))
		if err != nil {
			return
		}
		for _, l := range layers {
			for r := range l.Records.All() {
				if stickpath.Check(r.Path()) != nil || r.Kind == LinkRecord && stickpath.Check(r.Link()) != nil || r.Size < 0 || r.Off < 0 {
					t.Errorf("%+v", r)
				}
			}
			checkTree(t, l)
		}
		again, err := readTestContents(tableOf(layers...))
		if err != nil || len(again) != len(layers) {
			t.Errorf("written again: %v", err)
		}
	})
}

func TestLayerNames(t *testing.T) {
	for name, want := range map[string]int64{
		"00000001-0123abcd.age": 1, "123456789-0123abcd.age": 123456789, "00000007-ffffffff.age.012": 7,
		"00000000-0123abcd.age": 0, "1-0123abcd.age": 0, "000000001-0123abcd.age": 0, "00000001-0123ABCD.age": 0,
		"00000001-0123abcd.age.000": 0, "00000001-0123abcd.age.1": 0, "00000001-0123abcd": 0, "x": 0,
		"99999999999999999999-0123abcd.age": 0,
	} {
		id, _, ok := ParseName(name)
		if ok != (want != 0) || ok && id.Seq != want {
			t.Errorf("%s: %v %v", name, id, ok)
		}
	}
}

func TestPadding(t *testing.T) {
	const header = 2185
	for _, plain := range []int64{0, 1, 512, 30_000, 32_768, 65_535, 65_536, 65_537, 131_072, 1 << 20, 1<<20 + 1, 5 << 20, 64 << 20, 3 << 30, 7<<30 + 12345} {
		for _, unit := range []int64{1, 512} {
			plain := plain / unit * unit
			padded := paddedPlain(plain, header, unit)
			size, least := header+SealedSize(padded), header+SealedSize(plain)
			target := PaddedSize(least)
			if padded < plain || padded%unit != 0 || size > target || target-size > unit+ageTag {
				t.Errorf("%d becomes %d: a file of %d, to be %d", plain, padded, size, target)
			}
			if over := float64(target-least) / float64(least); least > 1<<20 && over > 0.04 {
				t.Errorf("%d: %.1f %% of padding", plain, over*100)
			}
			if PaddedSize(target) != target {
				t.Errorf("%d is padded again to %d", target, PaddedSize(target))
			}
		}
	}
}

// FuzzHistory reads what tidied layers say of those that they replaced.
func FuzzHistory(f *testing.F) {
	for _, s := range []string{"", "1", "3:0123456789abcdef,4", "3:0123456789abcdef,3:fedcba9876543210,12", ",", "0", "1:xyz,2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHistory(s)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Error(err)
			}
			return
		}
		if len(h.Refs) > maxReplaced || h.From < 0 {
			t.Errorf("%+v", h)
		}
		again, err := parseHistory(h.String())
		if err != nil || again.From != h.From || !slices.Equal(again.Refs, h.Refs) {
			t.Errorf("written as %q, read again as %+v (%v)", h.String(), again, err)
		}
	})
}

// decayed is a layer's tar, of which one chunk cannot be read.
type decayed struct {
	*bytes.Reader
	chunk int64
}

func (d *decayed) ReadAt(b []byte, off int64) (int, error) {
	if off/chunkSize <= d.chunk && d.chunk <= (off+int64(len(b))-1)/chunkSize {
		return 0, ErrDamaged
	}
	return d.Reader.ReadAt(b, off)
}

// FuzzWalk reads what is left of a layer whose chunks cannot all be read. What is found behind a gap takes nobody's place.
func FuzzWalk(f *testing.F) {
	header := testTar(f, func(w *tar.Writer) {
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "large", Size: chunkSize})
		_, _ = w.Write(make([]byte, chunkSize))
	})
	header = header[:len(header)-1024]
	good := testTar(f, func(w *tar.Writer) {
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "dir/a", Size: 3})
		_, _ = io.WriteString(w, "abc")
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeLink, Name: "b", Linkname: "dir/a"})
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: ".wh.dir"})
	})
	entries := good[len(testTar(f, nil))-1024 : len(good)-1024]
	f.Add(entries, uint8(1))
	f.Add(slices.Concat(entries, make([]byte, chunkSize), entries), uint8(2))
	f.Add([]byte{}, uint8(9))
	f.Fuzz(func(t *testing.T, entries []byte, chunk uint8) {
		data := slices.Concat(header, entries, make([]byte, 512), entries)
		layer := &decayed{bytes.NewReader(data), 1 + int64(chunk)} // the first says what layer it is
		spend := NewBudget()
		w := walker{tape: &ChunkReader{plain: layer, size: int64(len(data))}, stick: testStick, key: testKey, keep: NewRecorder(spend)}
		if !w.header() {
			t.Fatal("a good header was refused")
		}
		if _, err := w.entries(); err != nil && !errors.Is(err, drive.ErrTooMuch) {
			t.Fatal(err)
		}
		if want := MaxSpent - w.layer.Cost(); spend.Left != want {
			t.Errorf("%d bytes left of the budget, want %d", spend.Left, want)
		}
		behind := false
		for r := range w.layer.Records.All() {
			behind = behind || strings.HasPrefix(r.Path(), rescuedFolder(w.layer.ID))
			if stickpath.Check(r.Path()) != nil || r.Size < 0 || r.Off < 0 || behind && r.Kind != FileRecord {
				t.Errorf("%+v", r)
			}
		}
		w.layer.cutAt(int64(len(data)))
		checkTree(t, w.layer)
	})
}
