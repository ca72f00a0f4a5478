package stick

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

	"stowage/crypt/keys"
	"stowage/crypt/stick/internal/pair"
)

// These tests are inside the package: they give its parsers what passed the
// checks of authenticity, as somebody could write who once held the key.

const testStick = "6f1f4d2e-0000-4000-8000-000000000001"

var testKey = &stickKey{mac: &macKeys{layer: make([]byte, 32), contents: make([]byte, 32)}}

func testHeader() *layerHeader {
	return &layerHeader{stick: testStick, id: layerID{7, "0123abcd"}, time: time.Unix(1, 0), prev: layerRef{6, strings.Repeat("ab", 32)}}
}

// testTar is a layer's tar with the given entries after a good header.
func testTar(t testing.TB, write func(*tar.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: testHeader().records(testKey.mac)}); err != nil {
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
func readTestLayer(data []byte) (*layer, []string, error) {
	var refused []string
	l, err := readLayer(bytes.NewReader(data), testStick, testKey, newKeeper(newBudget()), func(name string, err error) {
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
	if err != nil || len(refused) != len(bad) || l.records.count != 1 || l.records.pieces[0][0].path() != "good" {
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
	if l.records.count != 0 || err == nil && len(refused) == 0 {
		t.Errorf("%v, %v, %+v", err, refused, l.records)
	}
}

func TestForgedHeaderFields(t *testing.T) {
	good := testHeader().records(testKey.mac)
	for name := range good {
		bad := map[string]string{}
		for k, v := range good {
			bad[k] = v
		}
		bad[name] += "0"
		if _, err := parseHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: bad}, testStick, testKey.mac); err == nil {
			t.Errorf("%s changed without notice", name)
		}
		delete(bad, name)
		if _, err := parseHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: bad}, testStick, testKey.mac); err == nil {
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
		for r := range l.records.all() {
			if CheckPath(r.path()) != nil || r.kind == recLink && CheckPath(r.link()) != nil || !path.IsAbs("/"+r.path()) || r.size < 0 || !r.is(r.path()) {
				t.Errorf("%+v", r)
			}
		}
		checkTree(t, l)
	})
}

// checkTree applies a layer and walks what it gives.
func checkTree(t *testing.T, l *layer) {
	t.Helper()
	tree := treeOf([]*layer{l})
	_ = tree.root.walk(".", func(p string, n *node) error {
		if CheckPath(p) != nil || tree.find(p) != n || !n.isFolder() && (n.data == nil || n.data.kind != recFile) {
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
	mac := hmac.New(sha256.New, testKey.mac.contents)
	mac.Write([]byte(text))
	return fmt.Sprintf("%shmac\t%x\n\n\n", text, mac.Sum(nil))
}

// tableOf is the text of the table of some layers.
func tableOf(layers ...*layer) string {
	var b strings.Builder
	_ = writeContents(&b, layers, testKey, testStick)
	return b.String()
}

func readTestContents(text string) ([]*layer, error) {
	return readContents(strings.NewReader(text), testKey, testStick, newKeeper(newBudget()))
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
	l.parts, l.digest, l.tidied, l.below = []int64{1, 2}, strings.Repeat("cd", 32), true, []layerRef{{3, strings.Repeat("ef", 32)}}
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
			for r := range l.records.all() {
				if CheckPath(r.path()) != nil || r.kind == recLink && CheckPath(r.link()) != nil || r.size < 0 || r.off < 0 {
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

func FuzzNote(f *testing.F) {
	f.Add(noteIntro + `{"id":"x","recipient_sha256":"` + strings.Repeat("00", 32) + `","generation":1}` + "\n")
	f.Add("stowage stick v2\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := parseNote(text)
		if err == nil && (n.ID == "" || n.Generation < 1 || !isDigest(n.Recipient)) {
			t.Errorf("%+v", n)
		}
		_, _ = noteFile{pair.File{Data: []byte(text)}}.openUnverified()
	})
}

func FuzzKeyring(f *testing.F) {
	one, err := keys.NewStickIdentity("School", mustVerifier(f), testStick, keys.X25519, time.Unix(1, 0))
	if err != nil {
		f.Fatal(err)
	}
	for _, k := range []*keyring{
		{current: one, holders: []string{"age1abc"}},
		{current: one, retired: one, head: layerRef{3, strings.Repeat("ab", 32)}},
	} {
		plain, err := k.marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(plain)
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		k, err := parseKeyring(plain)
		if err != nil {
			return
		}
		again, err := k.marshal()
		if err != nil {
			t.Fatalf("written again: %v", err)
		}
		if _, err := parseKeyring(again); err != nil {
			t.Errorf("read again: %v", err)
		}
	})
}

func mustVerifier(t testing.TB) string {
	t.Helper()
	a, err := keys.NewAuthority("School", time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	return a.Verifier()
}

func TestLayerNames(t *testing.T) {
	for name, want := range map[string]int64{
		"00000001-0123abcd.age": 1, "123456789-0123abcd.age": 123456789, "00000007-ffffffff.age.012": 7,
		"00000000-0123abcd.age": 0, "1-0123abcd.age": 0, "000000001-0123abcd.age": 0, "00000001-0123ABCD.age": 0,
		"00000001-0123abcd.age.000": 0, "00000001-0123abcd.age.1": 0, "00000001-0123abcd": 0, "x": 0,
		"99999999999999999999-0123abcd.age": 0,
	} {
		id, _, ok := parseLayerName(name)
		if ok != (want != 0) || ok && id.seq != want {
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
			size, least := header+sealedSize(padded), header+sealedSize(plain)
			target := paddedSize(least)
			if padded < plain || padded%unit != 0 || size > target || target-size > unit+ageTag {
				t.Errorf("%d becomes %d: a file of %d, to be %d", plain, padded, size, target)
			}
			if over := float64(target-least) / float64(least); least > 1<<20 && over > 0.04 {
				t.Errorf("%d: %.1f %% of padding", plain, over*100)
			}
			if paddedSize(target) != target {
				t.Errorf("%d is padded again to %d", target, paddedSize(target))
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
		if len(h.refs) > maxReplaced || h.from < 0 {
			t.Errorf("%+v", h)
		}
		again, err := parseHistory(h.String())
		if err != nil || again.from != h.from || !slices.Equal(again.refs, h.refs) {
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
	if off/tapeChunk <= d.chunk && d.chunk <= (off+int64(len(b))-1)/tapeChunk {
		return 0, ErrDamaged
	}
	return d.Reader.ReadAt(b, off)
}

// FuzzWalk reads what is left of a layer whose chunks cannot all be read. What is found behind a gap takes nobody's place.
func FuzzWalk(f *testing.F) {
	header := testTar(f, func(w *tar.Writer) {
		_ = w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "large", Size: tapeChunk})
		_, _ = w.Write(make([]byte, tapeChunk))
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
	f.Add(slices.Concat(entries, make([]byte, tapeChunk), entries), uint8(2))
	f.Add([]byte{}, uint8(9))
	f.Fuzz(func(t *testing.T, entries []byte, chunk uint8) {
		data := slices.Concat(header, entries, make([]byte, 512), entries)
		layer := &decayed{bytes.NewReader(data), 1 + int64(chunk)} // the first says what layer it is
		spend := newBudget()
		w := walker{tape: &tape{plain: layer, size: int64(len(data))}, stick: testStick, key: testKey, keep: newKeeper(spend)}
		if !w.header() {
			t.Fatal("a good header was refused")
		}
		if _, err := w.entries(); err != nil && !errors.Is(err, ErrTooMuch) {
			t.Fatal(err)
		}
		if want := maxSpent - w.layer.cost(); spend.left != want {
			t.Errorf("%d bytes left of the budget, want %d", spend.left, want)
		}
		behind := false
		for r := range w.layer.records.all() {
			behind = behind || strings.HasPrefix(r.path(), rescuedFolder(w.layer.id))
			if CheckPath(r.path()) != nil || r.size < 0 || r.off < 0 || behind && r.kind != recFile {
				t.Errorf("%+v", r)
			}
		}
		w.layer.cutAt(int64(len(data)))
		checkTree(t, w.layer)
	})
}
