package stick_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	"stowage/crypt/stick"
)

// TestConcurrentUse reads, stores, removes and tidies at the same time.
func TestConcurrentUse(t *testing.T) {
	sc, m, st := newStick(t)
	content := text(1, 100_000)
	put(t, st, map[string]string{"fixed": content, "dir/x": "x"})
	ctx, stop := context.WithCancel(t.Context())
	var readers, writers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				r, err := st.OpenFile("fixed")
				if err != nil {
					t.Error(err)
					return
				}
				if data, err := io.ReadAll(r); err != nil || string(data) != content {
					t.Errorf("read %d bytes, %v", len(data), err)
				}
				_ = r.Close()
				for _, ask := range []func() error{
					func() error { _, err := st.List("."); return err },
					func() error { _, err := st.Versions("fixed"); return err },
					func() error { _, err := st.Deleted("."); return err },
					func() error { _, err := st.Search(ctx, "fix", 1); return err },
				} {
					if err := ask(); err != nil && !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
				}
			}
		})
	}
	for w := range 2 {
		writers.Go(func() {
			for i := range 15 {
				name := fmt.Sprintf("w%d/%d", w, i)
				_, err := st.PutItems(t.Context(), items(map[string]string{name: text(i, 5000)}), stick.PutOptions{})
				if err == nil && i%3 == 0 {
					err = st.Remove(t.Context(), name)
				}
				if err == nil && i%5 == 0 {
					_, err = st.Tidy(t.Context(), stick.TidyOptions{All: true})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	stop()
	readers.Wait()
	st = sc.reopen(t, st, m)
	if n := must(st.Usage())(t).Files; n != 2+2*10 {
		t.Errorf("%d files", n)
	}
}
