package store

import (
	"context"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"stowage/devices"
)

// bulkRows is how many events are read from a server at once: enough that the wait
// for its answer does not count, and few enough to stop soon.
const bulkRows = 8192

const selectRows = "SELECT " + eventColumns + ", hashes FROM events WHERE number > $1::bigint AND number <= $2::bigint ORDER BY number"

// readRows reads events as the server sends them, without the driver making values
// of every column, which takes longer than hashing them.
func (s *session) readRows(ctx context.Context, after int64) (bulkRead, error) {
	r := newRawRows(after)
	err := s.direct(func(conn *pgx.Conn) error {
		decimal := func(n int64) []byte { return strconv.AppendInt(nil, n, 10) }
		const binaryFormat = 1
		result := conn.PgConn().ExecParams(ctx, selectRows, [][]byte{decimal(after), decimal(after + bulkRows)}, nil, nil, []int16{binaryFormat})
		for result.NextRow() {
			r.add(result.Values())
		}
		_, err := result.Close()
		return explain(err)
	})
	return r.each, err
}

// rawRows are the events after a number as they came: all texts in one, and where
// each ends.
type rawRows struct {
	last   int64
	text   strings.Builder
	ends   []int
	hashes []byte
	odd    bool // what came after these is not the next event
}

const (
	textFields = bulkFields - 1 // all but the number
	usualText  = 300            // bytes of the texts of most events
)

func newRawRows(after int64) *rawRows {
	r := &rawRows{last: after, ends: make([]int, 0, bulkRows*textFields), hashes: make([]byte, 0, bulkRows*2*tlog.HashSize+1024)}
	r.text.Grow(bulkRows * usualText)
	return r
}

// add takes the next row, unless there is something odd about it, or was before.
func (r *rawRows) add(values [][]byte) {
	next := r.last + 1
	r.odd = r.odd || len(values) != bulkFields+1 || len(values[0]) != 8 ||
		binary.BigEndian.Uint64(values[0]) != uint64(next) || len(values[bulkFields]) != devices.LogSize(next)
	if r.odd {
		return
	}
	r.last = next
	for _, value := range values[1:bulkFields] {
		r.text.Write(value)
		r.ends = append(r.ends, r.text.Len())
	}
	r.hashes = append(r.hashes, values[bulkFields]...)
}

// each is a bulkRead.
func (r *rawRows) each(fn func(e devices.Event, hashes []byte) error) (last int64, ok bool, err error) {
	text, begin, ends, hashes := r.text.String(), 0, r.ends, r.hashes
	number := r.last - int64(len(ends)/textFields)
	for len(ends) > 0 {
		number++
		var fields [bulkFields]string
		for i, end := range ends[:textFields] {
			fields[i+1], begin = text[begin:end], end
		}
		size := devices.LogSize(number)
		e, ok := eventOf(number, fields)
		if !ok {
			return number - 1, false, nil
		}
		if err := fn(e, hashes[:size:size]); err != nil {
			return number - 1, true, err
		}
		ends, hashes = ends[textFields:], hashes[size:]
	}
	return number, !r.odd, nil
}
