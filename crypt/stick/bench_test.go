package stick_test

import (
	"archive/tar"
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

var million = flag.Bool("million", false, "benchmark sticks of 1,000,000 files as well")

// sizes is how many files are on the sticks that benchmarks compare.
func sizes() []int {
	if *million {
		return []int{100, 10_000, 100_000, 1_000_000}
	}
	return []int{100, 10_000, 100_000}
}

// manyFiles writes 10,000 files of 216 MB in all, in 100 folders.
func manyFiles(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	random := rand.NewChaCha8([32]byte{7})
	content := make([]byte, 21_600)
	for i := range 10_000 {
		sub := filepath.Join(dir, fmt.Sprintf("set %02d", i%100))
		if i < 100 {
			check(b, os.Mkdir(sub, 0o755))
		}
		random.Read(content)
		check(b, os.WriteFile(filepath.Join(sub, fmt.Sprintf("pupil %05d.pdf", i)), content, 0o644))
	}
	return dir
}

// BenchmarkPut10000Files compares putting a tree on a stick with archive/tar
// into age, both into the folder for temporary files: set TMPDIR to a tmpfs.
func BenchmarkPut10000Files(b *testing.B) {
	dir := manyFiles(b)
	b.Run("stowage", func(b *testing.B) {
		b.SetBytes(216_000_000)
		b.ReportAllocs()
		sc := newSchool(b, "Hill School")
		for b.Loop() {
			drive := must(stick.NewDirFS(b.TempDir()))(b)
			sc.issue(b, drive)
			s := sc.open(b, drive)
			r := must(s.Put(b.Context(), ".", []string{dir}, stick.PutOptions{}))(b)
			if len(r.Stored) < 10_000 {
				b.Fatalf("stored %d", len(r.Stored))
			}
			check(b, s.Close())
			check(b, drive.Close())
		}
	})
	b.Run("tar-age", func(b *testing.B) {
		b.SetBytes(216_000_000)
		b.ReportAllocs()
		id := must(age.GenerateHybridIdentity())(b)
		for b.Loop() {
			check(b, tarAge(dir, filepath.Join(b.TempDir(), "all.tar.age"), id.Recipient()))
		}
	})
}

// tarAge is "tar | age" in one process.
func tarAge(dir, dst string, to age.Recipient) error {
	f, err := os.Create(dst)
	if err != nil {
		return err
	}
	defer f.Close()
	sealed, err := age.Encrypt(f, to)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(sealed, 64<<10)
	w := tar.NewWriter(buffered)
	if err := w.AddFS(os.DirFS(dir)); err != nil {
		return err
	}
	for _, step := range []func() error{w.Close, buffered.Flush, sealed.Close, f.Sync} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// stickOf makes a stick in memory that holds so many small files.
func stickOf(b *testing.B, files int) (*school, *sticktest.Mem) {
	b.Helper()
	sc, drive := newSchool(b, "Hill School"), sticktest.New()
	sc.issue(b, drive)
	s := sc.open(b, drive)
	var list []stick.Item
	for i := range files {
		list = append(list, stick.Item{
			Path: fmt.Sprintf("year %d/class %02d/pupil %06d.txt", i/10_000, i/1000%10, i), Kind: stick.KindFile,
			Size: 5, ModTime: start, Open: contentOf("hello"),
		})
	}
	must(s.PutItems(b.Context(), list, stick.PutOptions{}))(b)
	check(b, s.Close())
	return sc, drive
}

// BenchmarkOpen opens a stick after the passphrase, and lists a folder of 1,000 files.
func BenchmarkOpen(b *testing.B) {
	for _, files := range sizes() {
		sc, drive := stickOf(b, files)
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := must(stick.Open(b.Context(), drive, stick.WithHolderKey(sc.holder), stick.OpenOptions{}))(b)
				check(b, s.Close())
			}
		})
		b.Run(fmt.Sprint("list-", files), func(b *testing.B) {
			s := sc.open(b, drive)
			for b.Loop() {
				must(s.List("year 0/class 00"))(b)
			}
			check(b, s.Close())
		})
	}
}

// BenchmarkSaveOneFile stores one small file on sticks of different size.
func BenchmarkSaveOneFile(b *testing.B) {
	for _, files := range sizes() {
		sc, drive := stickOf(b, files)
		n := 0
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			s := sc.open(b, drive)
			b.ReportAllocs()
			for b.Loop() {
				n++
				one := map[string]string{fmt.Sprintf("year 0/saved %d.txt", n): "hello"}
				must(s.PutItems(b.Context(), items(one), stick.PutOptions{}))(b)
			}
			check(b, s.Close())
		})
	}
}
