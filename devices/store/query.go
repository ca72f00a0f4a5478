package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"stowage/devices"
)

// sortColumns gives the column that each order sorts by.
var sortColumns = map[devices.Column]string{
	devices.ByLabel:    "label_key",
	devices.BySerial:   "serial_key",
	devices.ByKind:     "kind",
	devices.ByMake:     "make_key",
	devices.ByModel:    "model_key",
	devices.ByCapacity: "capacity",
	devices.BySite:     "site_key",
	devices.ByState:    "state_rank",
	devices.ByHolder:   "holder_key",
	devices.ByDue:      "due",
	devices.BySeen:     "seen_at",
	devices.ByVerified: "verified_at",
	devices.ByAdded:    "added",
	devices.BySince:    "since",
}

// Devices implements [devices.Reader].
func (s *session) Devices(ctx context.Context, q devices.DeviceQuery) (devices.DevicePage, error) {
	w, err := wantedOf(q)
	if err != nil {
		return devices.DevicePage{}, err
	}
	found, next, err := s.findDevices(ctx, w)
	return devices.DevicePage{Devices: found, Next: next}, err
}

// wantedOf is what a query wants.
func wantedOf(q devices.DeviceQuery) (wanted, error) {
	if q.Sort == "" {
		q.Sort = devices.ByLabel
	}
	column, ok := sortColumns[q.Sort]
	if !ok {
		return wanted{}, &devices.InvalidError{Field: "sort", Value: string(q.Sort), Problem: "is not a column"}
	}
	return wanted{
		filter: deviceFilter(q), words: typedWords(q.Search), presentOnly: q.PresentOnly, holder: q.Holder != "",
		paging: paging{
			by: column, descending: q.Descending, limit: pageLimit(q.Limit), after: q.After,
			numeric: q.Sort == devices.ByCapacity || q.Sort == devices.ByState,
		},
	}, nil
}

// DeviceOrder implements [devices.Reader].
func (s *session) DeviceOrder(ctx context.Context, q devices.DeviceQuery) ([]string, error) {
	w, err := wantedOf(q)
	if err != nil {
		return nil, err
	}
	if s.postgres {
		from, f := w.joined(s.dialect)
		return all(ctx, s, only[string], "SELECT id FROM "+from+f.where()+w.order(), f.args...)
	}
	marked := &filter{}
	if err := s.mark(ctx, w, marked); err != nil {
		return nil, err
	}
	return all(ctx, s, only[string], "SELECT id FROM devices"+s.using("devices_by_"+w.by)+marked.where()+w.order(), marked.args...)
}

// CountDevices implements [devices.Reader].
func (s *session) CountDevices(ctx context.Context, q devices.DeviceQuery) (map[devices.State]int, error) {
	type count struct {
		rank, number int
	}
	w := wanted{filter: deviceFilter(q), words: typedWords(q.Search), presentOnly: q.PresentOnly, holder: q.Holder != ""}
	from, f, err := s.counted(ctx, w)
	if err != nil {
		return nil, err
	}
	counts, err := all(ctx, s, func(r row) (c count, err error) {
		err = r.Scan(&c.rank, &c.number)
		return c, err
	}, "SELECT state_rank, count(*) FROM "+from+f.where()+" GROUP BY state_rank", f.args...)
	if err != nil {
		return nil, err
	}
	states := devices.States()
	byState := make(map[devices.State]int, len(states))
	for _, c := range counts {
		if c.rank < 0 || c.rank >= len(states) {
			return nil, fmt.Errorf("%w: state_rank is %d", devices.ErrCorrupt, c.rank)
		}
		byState[states[c.rank]] = c.number
	}
	return byState, nil
}

// counted is where devices are counted, and the filter.
func (s *session) counted(ctx context.Context, w wanted) (from string, f *filter, err error) {
	f = &filter{conditions: w.conditions, args: w.args}
	if len(w.words) == 0 {
		return w.filterSource(s.dialect), f, nil
	}
	rows, err := s.fewWith(ctx, w)
	if err != nil {
		return "", nil, err
	}
	if len(rows) < few {
		among, args := s.rows(rows)
		f.add(among, args...)
		return "devices" + s.using(""), f, nil
	}
	if !s.postgres {
		return w.filterSource(s.dialect), f, s.among(ctx, f, s.devicesWith, s.matching(w.words, w.presentOnly)...)
	}
	from, f = w.joined(s.dialect)
	return from, f, nil
}

// deviceFilter collects all conditions of q except Search.
func deviceFilter(q devices.DeviceQuery) *filter {
	f := &filter{}
	ranks := make([]int, len(q.States))
	for i, state := range q.States {
		ranks[i] = rank(state)
	}
	kinds := make([]string, len(q.Kinds))
	for i, kind := range q.Kinds {
		kinds[i] = string(kind)
	}
	// The index of filters begins with the states and the kinds: what is asked for after
	// them is looked up in it if they are named, all if need be.
	if len(ranks) == 0 && len(kinds)+len(q.Sites) > 0 {
		for i := range devices.States() {
			ranks = append(ranks, i)
		}
	}
	if len(kinds) == 0 && len(q.Sites) > 0 {
		for _, kind := range devices.Kinds() {
			kinds = append(kinds, string(kind))
		}
	}
	in(f, "state_rank", ranks)
	in(f, "kind", kinds)
	in(f, "site", q.Sites)
	if q.Holder != "" {
		f.add("holder_id = ?", q.Holder) // for its index; who had what was written off has it no more
		f.add("loan_id IN (SELECT id FROM loans WHERE holder_id = ? AND ended = '')", q.Holder)
	}
	if q.Overdue { // as devices.Device.Overdue
		f.add("due > '' AND due < ? AND holder_id IS NOT NULL", timeText(q.Now))
		in(f, "state_rank", []int{rank(devices.Issued), rank(devices.Damaged)})
	}
	if !q.NotSeenSince.IsZero() {
		f.add("seen_at < ?", timeText(q.NotSeenSince))
	}
	if q.Unverified {
		f.add("verified_at = ''")
	}
	if !q.VerifiedBefore.IsZero() {
		f.add("verified_at < ?", timeText(q.VerifiedBefore))
	}
	return f
}

// paging says which page is wanted.
type paging struct {
	from, columns string
	by            string // the column to sort by; rows that are equal in it come as they were added
	descending    bool
	numeric       bool // by holds numbers
	limit         int
	after         devices.Cursor
}

// position is what a cursor holds.
type position struct {
	By         string `json:"by"`
	Descending bool   `json:"desc"`
	Text       string `json:"text,omitempty"`
	Number     int64  `json:"number,omitempty"`
	Row        int64  `json:"row"`
}

func (p paging) value(at position) any {
	if p.numeric {
		return at.Number
	}
	return at.Text
}

func pageLimit(limit int) int {
	if limit <= 0 {
		return devices.DefaultPage
	}
	return min(limit, devices.MaxPage)
}

// order is how a page is sorted.
func (p paging) order() string {
	if p.descending {
		return " ORDER BY " + p.by + " DESC, row DESC"
	}
	return " ORDER BY " + p.by + ", row"
}

// bound adds the condition that a page begins after the one before.
func (p paging) bound(f *filter) error {
	if p.after == "" {
		return nil
	}
	at, err := readCursor(p)
	if err != nil {
		return err
	}
	beyond := ">"
	if p.descending {
		beyond = "<"
	}
	f.add("("+p.by+", row) "+beyond+" (?, ?)", p.value(at), at.Row)
	return nil
}

// page returns a page of the records that fit, and where it ended.
func page[T any](ctx context.Context, s *session, f *filter, p paging, scan func(row) (T, error)) ([]T, devices.Cursor, error) {
	if err := p.bound(f); err != nil {
		return nil, "", err
	}
	type placed struct {
		record T
		at     position
	}
	found, err := all(ctx, s, func(r row) (one placed, err error) {
		one.at = position{By: p.by, Descending: p.descending}
		to := any(&one.at.Text)
		if p.numeric {
			to = &one.at.Number
		}
		one.record, err = scan(extraColumns{r, []any{to, &one.at.Row}})
		return one, err
	}, fmt.Sprintf("SELECT %s, row, %s FROM %s%s%s LIMIT ?", p.by, p.columns, p.from, f.where(), p.order()),
		append(f.args, p.limit+1)...)
	if err != nil {
		return nil, "", err
	}
	var next devices.Cursor
	if len(found) > p.limit {
		found = found[:p.limit]
		next = writeCursor(found[p.limit-1].at)
	}
	records := make([]T, len(found))
	for i, one := range found {
		records[i] = one.record
	}
	return records, next, nil
}

// extraColumns scans leading columns apart from the record's own.
type extraColumns struct {
	row
	leading []any
}

func (e extraColumns) Scan(to ...any) error { return e.row.Scan(append(e.leading, to...)...) }

func writeCursor(at position) devices.Cursor {
	return devices.Cursor(base64.RawURLEncoding.EncodeToString([]byte(jsonText(at))))
}

func readCursor(p paging) (position, error) {
	var at position
	text, err := base64.RawURLEncoding.DecodeString(string(p.after))
	if err == nil {
		err = json.Unmarshal(text, &at)
	}
	if err != nil || at.By != p.by || at.Descending != p.descending {
		return position{}, &devices.InvalidError{Field: "cursor", Problem: "is of another query"}
	}
	return at, nil
}
