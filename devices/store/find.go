package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"stowage/devices"
)

// How devices are found. A database cannot know how many fit a word or a filter, and a
// wrong guess costs a hundred times as much as asking. A common word fills the page at
// a glance at the first devices in the order asked for. If few fit, they are
// collected and sorted. If many do, devices are looked at in the order asked for
// until the page is full; and if those that fit come late in that order, all that
// fit are marked first.

const (
	few    = 2000 // up to how many devices are collected and sorted
	looked = 2000 // how many are looked at to fill a page
	glance = 200  // and how many before anything else: PostgreSQL gathers all that have a word to return a few

	fewEvents = 20_000 // up to how many events of a span of time are marked
)

// wanted is a page of devices in the making.
type wanted struct {
	*filter              // all conditions but the words
	holder      bool     // the filter names a holder
	words       []string // to search for
	presentOnly bool
	paging
}

// findDevices returns the page of devices that is wanted, and where it ended.
func (s *session) findDevices(ctx context.Context, w wanted) ([]devices.Device, devices.Cursor, error) {
	candidates, err := s.candidates(ctx, w)
	if err != nil {
		return nil, "", err
	}
	f := &filter{}
	among, args := s.rows(candidates)
	f.add(among, args...)
	fits, args := w.fits()
	f.add(fits, args...)
	w.columns, w.from = s.deviceColumns, "devices"+s.using("") // but for the row numbers
	return page(ctx, s, f, w.paging, scanDevice)
}

// candidates returns the row numbers of some devices, at least those on the page
// and, if there is one, the next.
func (s *session) candidates(ctx context.Context, w wanted) ([]int64, error) {
	after := &filter{}
	if err := w.bound(after); err != nil {
		return nil, err
	}
	if len(w.words) > 0 {
		if rows, full, err := s.look(ctx, glance, w, after); err != nil || full {
			return rows, err
		}
		rows, err := s.fewWith(ctx, w)
		if err != nil || len(rows) < few {
			return rows, err
		}
	}
	if len(w.conditions) > 0 {
		rows, err := s.upTo(ctx, few, "SELECT row FROM "+w.filterSource(s.dialect)+w.where(), w.args...)
		if err != nil || len(rows) < few {
			return rows, err
		}
	}
	if len(w.words) > 0 || len(w.conditions) > 0 {
		rows, full, err := s.look(ctx, looked, w, after)
		if err != nil || full {
			return rows, err
		}
	}
	if s.postgres {
		return s.sorted(ctx, w, after)
	}
	if err := s.mark(ctx, w, after); err != nil {
		return nil, err
	}
	return s.upTo(ctx, w.limit+1, "SELECT row FROM devices"+s.using("devices_by_"+w.by)+after.where()+w.order(), after.args...)
}

// fewWith returns devices that have the words, as many as are few: there are more then.
func (s *session) fewWith(ctx context.Context, w wanted) ([]int64, error) {
	return all(ctx, s, only[int64], s.devicesWithUpTo, append(s.matching(w.words, w.presentOnly), few)...)
}

// upTo returns the row numbers that a query gives, n at most.
func (s *session) upTo(ctx context.Context, n int, query string, args ...any) ([]int64, error) {
	return all(ctx, s, only[int64], query+" LIMIT "+strconv.Itoa(n), args...)
}

// look looks at n devices in order, and says whether the page is full, or there are
// no more.
func (s *session) look(ctx context.Context, n int, w wanted, after *filter) (rows []int64, full bool, err error) {
	fits, args := w.fits()
	found, err := s.query(ctx, fmt.Sprintf("SELECT row, CASE WHEN %s THEN 1 ELSE 0 END FROM devices%s%s%s LIMIT %d",
		fits, s.using("devices_by_"+w.by), after.where(), w.order(), n+1), append(args, after.args...)...)
	if err != nil {
		return nil, false, err
	}
	defer found.Close()
	for range n {
		if !found.Next() {
			return rows, true, explain(found.Err())
		}
		var number int64
		var fit bool
		if err := found.Scan(&number, &fit); err != nil {
			return nil, false, explain(err)
		}
		if fit {
			rows = append(rows, number)
		}
		if len(rows) > w.limit {
			return rows, true, nil
		}
	}
	return nil, false, nil
}

// sorted returns the rows of a page out of all that fit, on PostgreSQL. Left to itself
// it would walk along the order in the hope of filling the page soon, which has just
// failed.
func (s *session) sorted(ctx context.Context, w wanted, after *filter) ([]int64, error) {
	from, f := w.joined(s.dialect)
	f.conditions, f.args = append(f.conditions, after.conditions...), append(f.args, after.args...)
	fit := "SELECT row, " + w.by + " FROM " + from + f.where()
	if len(w.words) > 0 || len(w.conditions) > 0 {
		fit += " OFFSET 0"
	}
	return s.upTo(ctx, w.limit+1, "SELECT row FROM ("+fit+") AS fit"+w.order(), f.args...)
}

// joined is where PostgreSQL reads all devices that fit from, and the filter. It joins
// them with those that have the words, since it takes few to be among many otherwise.
func (w wanted) joined(d *dialect) (from string, f *filter) {
	if len(w.words) == 0 {
		return "devices", &filter{conditions: w.conditions, args: w.args}
	}
	return "devices JOIN " + d.devicesWith + " AS found ON found = row", &filter{
		conditions: w.conditions, args: append(d.matching(w.words, w.presentOnly), w.args...),
	}
}

// mark adds the conditions that a device is among those that fit, in SQLite.
func (s *session) mark(ctx context.Context, w wanted, f *filter) error {
	if len(w.conditions) > 0 {
		if err := s.among(ctx, f, "SELECT row FROM "+w.filterSource(s.dialect)+w.where(), w.args...); err != nil {
			return err
		}
	}
	if len(w.words) > 0 {
		return s.among(ctx, f, s.devicesWith, s.matching(w.words, w.presentOnly)...)
	}
	return nil
}

// mostRows bounds the row numbers that SQLite gives devices, one after another.
const mostRows = 1 << 24

// among adds the condition that a device's row is one of those that a query gives, in
// SQLite: a text has a byte for each. Left to itself SQLite sorts them into a tree, which takes
// twice as long as all the rest.
func (s *session) among(ctx context.Context, f *filter, query string, args ...any) error {
	found, err := one(ctx, s, only[string], "SELECT coalesce(group_concat(row), '') FROM ("+query+")", args...)
	if err != nil {
		return err
	}
	var marks []byte
	for text := range strings.FieldsFuncSeq(found, func(c rune) bool { return c == ',' }) {
		row, err := strconv.Atoi(text)
		if err != nil || row < 1 || row > mostRows {
			return fmt.Errorf("%w: row %.20q of devices", devices.ErrCorrupt, text)
		}
		if row > len(marks) {
			marks = append(marks, make([]byte, row-len(marks))...)
		}
		marks[row-1] = 1
	}
	f.add("substr(?, row, 1) = x'01'", marks)
	return nil
}

// filterSource is where the filter is best asked, and devices are counted by their state.
func (w wanted) filterSource(d *dialect) string {
	switch {
	case w.holder:
		return "devices" + d.using("devices_holder_id")
	case len(w.conditions) == 0:
		return "devices" + d.using("devices_by_state_rank")
	}
	return "devices" + d.using("devices_filters")
}

// fits is the condition that a single device fits.
func (w wanted) fits() (condition string, args []any) {
	f := &filter{conditions: []string{"1 = 1"}}
	f.conditions, f.args = append(f.conditions, w.conditions...), append(f.args, w.args...)
	text := "' ' || present || ' ' || coalesce(past, '')"
	if w.presentOnly {
		text = "' ' || present"
	}
	for _, word := range w.words {
		f.add("(SELECT instr("+text+", ?) FROM device_words WHERE rowid = devices.row) > 0", " "+word)
	}
	return strings.Join(f.conditions, " AND "), f.args
}

// within adds the condition that an event is of the span of time asked for. Events
// are read in the order of their numbers; the few of a short span are marked, so
// as not to look through all others for them.
func (s *session) within(ctx context.Context, f *filter, q devices.EventQuery) error {
	span := &filter{}
	if !q.From.IsZero() {
		span.add("time >= ?", timeText(q.From))
	}
	if !q.Until.IsZero() {
		span.add("time < ?", timeText(q.Until))
	}
	if len(span.conditions) == 0 {
		return nil
	}
	marked := "SELECT number FROM events" + s.using("events_time") + span.where()
	n, err := one(ctx, s, only[int], fmt.Sprintf("SELECT count(*) FROM (%s LIMIT %d) AS marked", marked, fewEvents), span.args...)
	if err != nil {
		return err
	}
	if n < fewEvents {
		f.add("number IN ("+marked+")", span.args...)
		return nil
	}
	f.add(strings.Join(span.conditions, " AND "), span.args...)
	return nil
}

// numbers writes row numbers as a list in SQL.
func numbers(rows []int64) string {
	texts := make([]string, len(rows))
	for i, row := range rows {
		texts[i] = strconv.FormatInt(row, 10)
	}
	return strings.Join(texts, ", ")
}
