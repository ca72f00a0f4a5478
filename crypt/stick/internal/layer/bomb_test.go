package layer

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"stowage/crypt/longtest"
	"stowage/crypt/stick/internal/drive"
	"stowage/crypt/stick/internal/stickpath"
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
		tooMuch bool
	}{
		{"many entries", tar.Header{Typeflag: tar.TypeReg, Name: "a"}, 50_000, 64, false},
		{"more entries than are allowed", tar.Header{Typeflag: tar.TypeReg, Name: "a"}, 8 << 20, 64, true},
		{"more bytes of names than are allowed", tar.Header{Typeflag: tar.TypeReg, Name: strings.Repeat("n", 250), Format: tar.FormatPAX}, 2 << 20, 64, true},
		{"refused PAX records", tar.Header{
			Typeflag: tar.TypeReg, Name: "a", PAXRecords: map[string]string{"SCHILY.xattr.x": strings.Repeat("y", 900_000)}, Format: tar.FormatPAX,
		}, 60, 128, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !longtest.Wanted() && c.count > 100_000 {
				t.Skip("millions of entries")
			}
			src := &repeated{count: c.count}
			src.head, src.block = entryBlock(t, c.entry)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			began, refused := longtest.ProcessorTime(), 0
			spend := Budget{32 << 20}
			l, err := Read(src, testStick, testKey, NewRecorder(&spend), func(string, error) { refused++ })
			runtime.GC()
			runtime.ReadMemStats(&after)
			if l == nil || errors.Is(err, drive.ErrTooMuch) != c.tooMuch || errors.Is(err, ErrDamaged) {
				t.Fatalf("got %v", err)
			}
			if l.Cost() > 32<<20+1000 || int64(l.Records.Count+refused) > c.count {
				t.Errorf("%d entries and %d refused", l.Records.Count, refused)
			}
			if took := int64(after.HeapAlloc) - int64(before.HeapAlloc); took > int64(c.most)<<20 {
				t.Errorf("keeps %d MB", took>>20)
			}
			if took := longtest.ProcessorTime() - began; took > time.Minute {
				t.Errorf("took %v", took)
			}
			if !c.tooMuch {
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
		l, err := Read(&repeated{head: head, block: block, count: 3}, testStick, testKey, NewRecorder(NewBudget()), func(string, error) {})
		if l == nil || !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// TestClaimedSizes claims, with the right key, files that are larger than the layer that they
// are in: neither a layer nor a table of contents is believed.
func TestClaimedSizes(t *testing.T) {
	for _, size := range []int64{1 << 20, 1 << 62, 1<<63 - 1} {
		l := testLayer(
			Entry{Kind: FileRecord, Path: "good", Size: 10, off: 1536},
			Entry{Kind: FileRecord, Path: "huge", Size: size, off: 2048},
		)
		if _, err := readTestContents(tableOf(l)); !errors.Is(err, ErrDamaged) {
			t.Errorf("table with a file of %d bytes: %v", size, err)
		}
		if n := l.cutAt(4096); n != 1 || l.Records.Count != 1 || l.Records.pieces[0][0].Path() != "good" {
			t.Errorf("layer with a file of %d bytes: %d left out of %v", size, n, l.Records)
		}
		if _, err := readTestContents(tableOf(l)); err != nil {
			t.Errorf("honest table: %v", err)
		}
	}
}

// testLayer is a layer with these entries.
func testLayer(entries ...Entry) *Layer {
	l := &Layer{Header: *testHeader(), Key: testKey, Digest: strings.Repeat("0", 64), Parts: []int64{4096}, End: 2048}
	keep := NewRecorder(NewBudget())
	_ = keep.Begin(l)
	for i := range entries {
		_, _ = keep.Add(&entries[i])
	}
	keep.done()
	return l
}

// deepPaths are paths that have no folder in common.
func deepPaths(count int) []Entry {
	list := make([]Entry, count)
	for i := range list {
		list[i] = Entry{Kind: FileRecord, Path: fmt.Sprintf("%d/%sfile", i, strings.Repeat("d/", stickpath.MaxDepth-2))}
	}
	return list
}

// TestDeepPaths makes the folders of paths that have none in common: they are counted as well,
// and those that paths share once.
func TestDeepPaths(t *testing.T) {
	deep := NewTree()
	deep.Most = MaxSpent
	if err := deep.Apply(testLayer(deepPaths(60_000)...), func(*Record, error) {}); !errors.Is(err, drive.ErrTooMuch) {
		t.Errorf("60,000 paths of 127 folders each: %v", err)
	}
	flat := TreeOf([]*Layer{testLayer(
		Entry{Kind: FolderRecord, Path: "a"},
		Entry{Kind: FolderRecord, Path: "a/b"},
		Entry{Kind: FileRecord, Path: "a/b/one"},
		Entry{Kind: FileRecord, Path: "a/b/two"},
		Entry{Kind: WhiteoutRecord, Path: "x/y/z"},
		Entry{Kind: FileRecord, Path: "a/bc/three"},
		Entry{Kind: FileRecord, Path: "top"},
	)})
	if want := 3*CostFolder + 4*CostNode; flat.Cost != want {
		t.Errorf("three folders and four files cost %d, want %d", flat.Cost, want)
	}
}
