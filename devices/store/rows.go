package store

import (
	"context"
	"encoding/binary"
	"strconv"

	"github.com/jackc/pgx/v5"

	"stowage/devices"
)

// bulkRows is how many events are read from a server at once: enough that the wait
// for its answer does not count, and few enough to stop soon.
const bulkRows = 8192

const selectRows = "SELECT " + eventColumns + ", hashes FROM events WHERE number > $1::bigint AND number <= $2::bigint ORDER BY number"

// readRows reads events as the server sends them, without the driver making values
// of every column, which takes longer than hashing them.
func (s *session) readRows(ctx context.Context, after int64) (bulkRead, error) {
	var r rawRows
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
	return bulkRead{after, r.decode}, err
}

// rawRows are events as they came: all texts in one, and where each ends.
type rawRows struct {
	numbers []int64
	text    []byte
	ends    []int
	hashes  []byte
	odd     bool
}

func (r *rawRows) add(values [][]byte) {
	if len(values) != bulkFields+1 || len(values[0]) != 8 {
		r.odd = true
		return
	}
	r.numbers = append(r.numbers, int64(binary.BigEndian.Uint64(values[0]))) //nolint:gosec // how the server sends a bigint
	for _, value := range values[1:bulkFields] {
		r.text = append(r.text, value...)
		r.ends = append(r.ends, len(r.text))
	}
	r.hashes = append(r.hashes, values[bulkFields]...)
}

func (r *rawRows) decode() (events []devices.Event, hashes []byte, ok bool) {
	events = make([]devices.Event, 0, len(r.numbers))
	text, begin, ends := string(r.text), 0, r.ends
	for _, number := range r.numbers {
		var fields [bulkFields]string
		for i := range bulkFields - 1 {
			fields[i+1] = text[begin:ends[i]]
			begin = ends[i]
		}
		ends = ends[bulkFields-1:]
		e, ok := eventOf(number, fields)
		if !ok {
			return nil, nil, false
		}
		events = append(events, e)
	}
	return events, r.hashes, !r.odd
}
