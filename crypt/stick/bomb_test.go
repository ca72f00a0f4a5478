package stick

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

// repeated is a layer's tar with one block any number of times, which takes no room.
type repeated struct {
	head, block []byte
	count, at   int64
}

func (r *repeated) size() int64 { return int64(len(r.head)) + r.count*int64(len(r.block)) }

func (r *repeated) Read(p []byte) (int, error) {
	if r.at >= r.size() {
		return 0, io.EOF
	}
	n := 0
	if r.at < int64(len(r.head)) {
		n = copy(p, r.head[r.at:])
	} else {
		n = copy(p, r.block[(r.at-int64(len(r.head)))%int64(len(r.block)):])
	}
	n = int(min(int64(n), r.size()-r.at))
	r.at += int64(n)
	return n, nil
}

func (r *repeated) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size()
	}
	if offset < 0 { // as io.SectionReader says too
		return 0, errors.New("a position before the beginning")
	}
	r.at = offset
	return offset, nil
}

// entryBlock is what an entry looks like in a layer, without content.
func entryBlock(t *testing.T, h tar.Header) (head, block []byte) {
	t.Helper()
	header := testTar(t, nil)
	header = header[:len(header)-1024]
	whole := testTar(t, func(w *tar.Writer) {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
	})
	return header, whole[len(header) : len(whole)-1024]
}

// TestLayerBombs reads layers that somebody wrote who held the stick's key: the
// reader gives up in time, and keeps what came before.
func TestLayerBombs(t *testing.T) {
	for _, c := range []struct {
		name    string
		entry   tar.Header
		count   int64
		most    uint64 // MB of memory
		damaged bool
	}{
		{"many entries", tar.Header{Typeflag: tar.TypeReg, Name: "a"}, 50_000, 64, false},
		{"more entries than are allowed", tar.Header{Typeflag: tar.TypeReg, Name: "a"}, maxEntries * 8, 512, true},
		{"more bytes of names than are allowed", tar.Header{Typeflag: tar.TypeReg, Name: strings.Repeat("n/", 2000) + "n", Format: tar.FormatPAX}, 100_000, 128, true},
		{"refused PAX records", tar.Header{
			Typeflag: tar.TypeReg, Name: "a", PAXRecords: map[string]string{"SCHILY.xattr.x": strings.Repeat("y", 900_000)}, Format: tar.FormatPAX,
		}, 60, 128, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && c.count > 100_000 {
				t.Skip("long")
			}
			src := &repeated{count: c.count}
			src.head, src.block = entryBlock(t, c.entry)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			began, refused := time.Now(), 0
			l, err := readLayer(src, testStick, testKey, func(string, error) { refused++ })
			runtime.GC()
			runtime.ReadMemStats(&after)
			if l == nil || errors.Is(err, ErrTooLarge) != c.damaged || errors.Is(err, ErrDamaged) != c.damaged {
				t.Fatalf("got %v", err)
			}
			if int64(len(l.records)+refused) > min(maxEntries, c.count) {
				t.Errorf("%d entries and %d refused", len(l.records), refused)
			}
			if took := int64(after.HeapAlloc) - int64(before.HeapAlloc); took > int64(c.most)<<20 {
				t.Errorf("keeps %d MB", took>>20)
			}
			if took := time.Since(began); took > time.Minute {
				t.Errorf("took %v", took)
			}
			if !c.damaged {
				checkTree(t, l)
			}
			runtime.KeepAlive(l)
		})
	}
}

// TestAbsurdSizes gives entries of sizes that no file has.
func TestAbsurdSizes(t *testing.T) {
	for _, size := range []int64{1 << 62, 1<<63 - 1} {
		head, block := entryBlock(t, tar.Header{Typeflag: tar.TypeReg, Name: "huge", Size: 0})
		// A size in base 256, as GNU tar writes what needs more than eleven digits.
		for i := range 12 {
			block[124+i] = 0
		}
		block[124] = 0x80
		for i := range 8 {
			block[135-i] = byte(size >> (8 * i))
		}
		sum := 0
		for i, b := range block[:512] {
			if i >= 148 && i < 156 {
				b = ' '
			}
			sum += int(b)
		}
		copy(block[148:], fmt.Sprintf("%06o\x00 ", sum))
		l, err := readLayer(&repeated{head: head, block: block, count: 3}, testStick, testKey, func(string, error) {})
		if l == nil || !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// TestNamesThatClash puts names on a stick that look alike: those of one normal form
// are one name, and all others are different ones.
func TestNamesThatClash(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"café", "cafe\u0301", true},
		{"\u212Bngström", "\u00C5ngström", true},
		{"paypal", "p\u0430ypal", false},
		{"ﬁle", "file", false},
		{"a\u200bb", "ab", false},
	} {
		a, errA := cleanPath(c.a)
		b, errB := cleanPath(c.b)
		if errA != nil || errB != nil || (a == b) != c.same {
			t.Errorf("%q and %q are %q and %q (%v, %v)", c.a, c.b, a, b, errA, errB)
		}
	}
}

// TestClaimedSizes claims, with the right key, files that are larger than the layer that they
// are in: neither a layer nor a table of contents is believed.
func TestClaimedSizes(t *testing.T) {
	for _, size := range []int64{1 << 20, 1 << 62, 1<<63 - 1} {
		l := &layer{
			layerHeader: *testHeader(), key: testKey, digest: strings.Repeat("0", 64), parts: []int64{4096}, end: 2048,
			records: []record{{kind: recFile, path: "good", size: 10, off: 1536}, {kind: recFile, path: "huge", size: size, off: 2048}},
		}
		if _, err := readContents(string(writeContents([]*layer{l}, testKey, testStick)), testKey, testStick); !errors.Is(err, ErrDamaged) {
			t.Errorf("table with a file of %d bytes: %v", size, err)
		}
		if n := l.cutAt(4096); n != 1 || len(l.records) != 1 || l.records[0].path != "good" {
			t.Errorf("layer with a file of %d bytes: %d left out of %v", size, n, l.records)
		}
		if _, err := readContents(string(writeContents([]*layer{l}, testKey, testStick)), testKey, testStick); err != nil {
			t.Errorf("honest table: %v", err)
		}
	}
}

// TestDeepPaths reads 60,000 paths that have no folder in common: what they would make in
// memory is counted, in a layer and in a table.
func TestDeepPaths(t *testing.T) {
	var deep, flat impliedFolders
	read := 0
	for i := range 60_000 {
		path := fmt.Sprintf("%d/%sfile", i, strings.Repeat("d/", maxDepth-2))
		if !deep.add(&record{kind: recFile, path: path}, maxEntries) {
			break
		}
		read++
	}
	if most := maxEntries / (maxDepth - 1); read != most {
		t.Errorf("read %d deep paths, want %d", read, most)
	}
	for _, r := range []record{
		{kind: recFolder, path: "a"},
		{kind: recFolder, path: "a/b"},
		{kind: recFile, path: "a/b/one"},
		{kind: recFile, path: "a/b/two"},
		{kind: recWhiteout, path: "x/y/z"},
		{kind: recFile, path: "a/bc/three"},
		{kind: recFile, path: "top"},
	} {
		flat.add(&r, maxEntries)
	}
	if flat.count != 1 {
		t.Errorf("%d folders implied, want 1", flat.count)
	}
	data := testTar(t, func(w *tar.Writer) {
		for i := range maxEntries/(maxDepth-1) + 2 {
			_ = w.WriteHeader(&tar.Header{
				Typeflag: tar.TypeReg, Name: fmt.Sprintf("%d/%sfile", i, strings.Repeat("d/", maxDepth-2)), Format: tar.FormatPAX,
			})
		}
	})
	l, _, err := readTestLayer(data)
	if !errors.Is(err, ErrTooLarge) || l == nil || len(l.records) != maxEntries/(maxDepth-1) {
		t.Errorf("layer of deep paths: %v", err)
	}
}
