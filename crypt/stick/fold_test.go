package stick_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"stowage/crypt/stick"
)

// TestFoldLosesNothing stores files one by one, some as Windows' client does, some with
// earlier versions, deleted or renamed, and folds.
func TestFoldLosesNothing(t *testing.T) {
	sc, m, st := newStick(t)
	ctx := t.Context()
	want := map[string]string{}
	for i := range 40 {
		name, content := fmt.Sprintf("in/%02d.txt", i), fmt.Sprint("content ", i)
		put(t, st, map[string]string{name: ""})
		put(t, st, map[string]string{name: content})
		must(st.PutReader(ctx, name, strings.NewReader(content), start.AddDate(-1, 0, 0), stick.PutOptions{Clash: stick.Replace}))(t)
		want[name] = content
	}
	for i := range 3 {
		put(t, st, map[string]string{"report": fmt.Sprint("version ", i)})
	}
	put(t, st, map[string]string{"deleted": "kept to be brought back", "old name": "moved"})
	check(t, st.Remove(ctx, "deleted"))
	check(t, st.Rename(ctx, "old name", "new name"))
	want["report"], want["new name"] = "version 2", "moved"
	same(t, st, want)
	before := len(layerFiles(m))

	result := must(st.Tidy(ctx, stick.TidyOptions{Fold: true}))(t)
	if after := len(layerFiles(m)); result.Removed < 120 || after > before-119 || result.Freed <= 0 {
		t.Errorf("%d layers became %d: %+v", before, after, result)
	}
	for range 2 { // also after it is opened again
		same(t, st, want)
		e := must(st.Stat("in/07.txt"))(t)
		if !e.ModTime.Equal(start.AddDate(-1, 0, 0)) {
			t.Errorf("its time is %v", e.ModTime)
		}
		if versions := must(st.Versions("report"))(t); len(versions) != 3 {
			t.Errorf("%d versions are left", len(versions))
		}
		if result := must(st.Check(ctx, nil))(t); !result.Healthy() {
			t.Errorf("%v", result.Problems)
		}
		st = sc.reopen(t, st, m)
	}
	if result := must(st.Tidy(ctx, stick.TidyOptions{Fold: true}))(t); result.Removed != 0 {
		t.Errorf("folded again: %+v", result)
	}
	gone := must(st.Deleted("."))(t)
	if len(gone) != 1 || gone[0].Path != "deleted" {
		t.Errorf("deleted are %v", gone)
	}
}

// TestFoldNeedsMany: a few layers are left alone, and so is everything when it is cancelled.
func TestFoldNeedsMany(t *testing.T) {
	_, m, st := newStick(t)
	for i := range 32 {
		put(t, st, map[string]string{fmt.Sprint(i): "x"})
	}
	if result := must(st.Tidy(t.Context(), stick.TidyOptions{Fold: true}))(t); result.Removed != 0 {
		t.Errorf("folded %+v", result)
	}
	put(t, st, map[string]string{"one more": "x"})
	before := layerFiles(m)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := st.Tidy(ctx, stick.TidyOptions{Fold: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if fmt.Sprint(layerFiles(m)) != fmt.Sprint(before) {
		t.Error("it was folded all the same")
	}
}
