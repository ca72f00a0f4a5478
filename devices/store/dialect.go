package store

import (
	"strconv"
	"strings"
)

// A dialect is what the two databases say differently.
type dialect struct {
	postgres bool
	// What is asked of the log and the blobs.
	lastEvent, logHashes, readBlob, putBlob, dropBlob, blobDigests string
	// The columns of a device and of a holder.
	deviceColumns, holderColumns string
	// What says that the register is kept elsewhere now.
	markMoved string
	// Which rows of devices have words: all, as a query or a table, and no more than a number.
	devicesWith, devicesWithUpTo string
	holdersWith                  string
}

var sqliteDialect = &dialect{
	deviceColumns:   deviceColumns,
	holderColumns:   holderColumns,
	lastEvent:       "SELECT coalesce(max(number), 0) FROM events",
	logHashes:       "SELECT hashes FROM events WHERE number = ?",
	readBlob:        "SELECT content FROM blobs WHERE digest = ?",
	putBlob:         "INSERT INTO blobs (digest, content) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
	dropBlob:        "DELETE FROM blobs WHERE digest = ?",
	blobDigests:     "SELECT digest FROM blobs ORDER BY digest",
	markMoved:       "CREATE TRIGGER register_moved BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'register has moved'); END",
	devicesWith:     "SELECT rowid AS row FROM device_words WHERE device_words MATCH ?",
	devicesWithUpTo: "SELECT rowid FROM device_words WHERE device_words MATCH ? LIMIT ?",
	holdersWith:     "SELECT rowid FROM holder_words WHERE holder_words MATCH ?",
}

// PostgreSQL's functions see beyond a site where the log needs it; they are in its
// migrations.
var postgresDialect = dialect{
	postgres:        true,
	deviceColumns:   deviceColumns,
	holderColumns:   holderColumns,
	lastEvent:       "SELECT last_event()",
	logHashes:       "SELECT log_hashes(?)",
	readBlob:        "SELECT read_blob(?)",
	putBlob:         "INSERT INTO blobs (digest, content) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
	dropBlob:        "DELETE FROM blobs WHERE digest = ?",
	blobDigests:     "SELECT blob_digests()",
	markMoved:       "UPDATE writer SET moved = true",
	devicesWith:     "find_devices(?, ?, NULL)",
	devicesWithUpTo: "SELECT find_devices(?, ?, ?)",
	holdersWith:     "SELECT find_holders(?)",
}

// dialectOf is what PostgreSQL is asked with a duty: the notes and recovery codes of
// other sites are no columns that a site may read.
func dialectOf(duty string) *dialect {
	d := postgresDialect
	if duty == string(SiteDuty) {
		d.deviceColumns = strings.NewReplacer("notes", "notes_of_device(row)", "recovery", "recovery_of_device(row)").Replace(deviceColumns)
		d.holderColumns = strings.Replace(holderColumns, "notes", "notes_of_holder(row)", 1)
	}
	return &d
}

// bind numbers the placeholders where the database wants them numbered. No SQL
// here has a question mark that is none.
func (d *dialect) bind(query string) string {
	if !d.postgres || !strings.Contains(query, "?") {
		return query
	}
	var bound strings.Builder
	for n := 1; ; n++ {
		before, after, more := strings.Cut(query, "?")
		bound.WriteString(before)
		if !more {
			return bound.String()
		}
		bound.WriteString("$" + strconv.Itoa(n))
		query = after
	}
}

// using names the index to read a table by. PostgreSQL chooses itself.
func (d *dialect) using(index string) string {
	switch {
	case d.postgres:
		return ""
	case index == "":
		return " NOT INDEXED"
	}
	return " INDEXED BY " + index
}

// rows is the condition that a row is one of those.
func (d *dialect) rows(rows []int64) (condition string, args []any) {
	if d.postgres {
		return "row = ANY (?)", []any{rows}
	}
	return "row IN (" + numbers(rows) + ")", nil
}

// matching is what devices with all these words are asked for with.
func (d *dialect) matching(typed []string, presentOnly bool) []any {
	if d.postgres {
		return []any{prefixes(typed), presentOnly}
	}
	return []any{match(typed, presentOnly)}
}

// matchingHolders is what holders with all these words are asked for with.
func (d *dialect) matchingHolders(typed []string) any {
	if d.postgres {
		return prefixes(typed)
	}
	return match(typed, false)
}

// prefixes is what PostgreSQL is asked for, as a tsquery.
func prefixes(typed []string) string {
	asked := make([]string, len(typed))
	for i, word := range typed {
		asked[i] = "'" + word + "':*" // a word has neither quotes nor backslashes in it
	}
	return strings.Join(asked, " & ")
}
