package stick_test

import (
	"fmt"
	"testing"

	"stowage/crypt/stick"
)

// BenchmarkGrowth measures what people wait for on sticks of 100 and 10,000 files, and
// with -million of 1,000,000, to show how it grows. The stick is in memory, so that
// what is measured is the program and not a drive.
func BenchmarkGrowth(b *testing.B) {
	sizes := []int{100, 10_000}
	if *million {
		sizes = append(sizes, 1_000_000)
	}
	for _, files := range sizes {
		sc, drive := stickOf(b, files)
		ctx := b.Context()
		b.Run(fmt.Sprint("open/", files), func(b *testing.B) {
			for b.Loop() {
				check(b, must(stick.Open(ctx, drive, stick.WithHolderKey(sc.holder), stick.OpenOptions{}))(b).Close())
			}
		})
		s := sc.open(b, drive)
		saved := 0
		for _, work := range []struct {
			name string
			run  func() error
		}{
			{"list a folder", func() error { _, err := s.List("year 0/class 00"); return err }},
			{"search one file", func() error { _, err := s.Search(ctx, "class pupil 000099", 1000); return err }},
			{"search what all have", func() error { _, err := s.Search(ctx, "pupil", 1000); return err }},
			{"save one small file", func() error {
				saved++
				one := map[string]string{fmt.Sprintf("year 0/saved %d.txt", saved): "hello"}
				_, err := s.PutItems(ctx, items(one), stick.PutOptions{})
				return err
			}},
			{"usage", func() error { _, err := s.Usage(); return err }},
			{"tidy plan", func() error { return nil }},
			{"check", func() error { _, err := s.Check(ctx, nil); return err }},
		} {
			if work.name == "tidy plan" {
				if _, err := s.Tidy(ctx, stick.TidyOptions{}); err != nil { // what was saved one by one is folded
					b.Fatal(err)
				}
				work.run = func() error { _, err := s.Tidy(ctx, stick.TidyOptions{}); return err }
			}
			b.Run(fmt.Sprintf("%s/%d", work.name, files), func(b *testing.B) {
				for b.Loop() {
					if err := work.run(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		check(b, s.Close())
	}
}
