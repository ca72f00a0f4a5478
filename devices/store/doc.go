// Package store keeps the register of package devices: [SQLite] in one file,
// for one desk or several programs on one computer, or [Postgres] in a database,
// for the many desks and sites of a trust. [Move] takes it from one to the other.
//
// What is promised:
//
//   - A transaction is durable when Update returns nil (write-ahead log, full
//     synchronisation), and otherwise leaves nothing.
//   - Several programs may have the register open; writers queue, readers never
//     wait and see one consistent state for the length of a View.
//   - A register made by a newer program is refused with [ErrNewer], and nothing
//     but a register is ever opened as one, or written to.
//   - The file can be read by its owner only (on Unix; elsewhere the folder's
//     rights apply).
//   - A backup is complete and checked before it appears; a backup is checked
//     before it replaces anything, and what it replaces is either all there or
//     all replaced.
//   - Every value read is checked; what cannot be is [devices.ErrCorrupt].
//
// What is not promised:
//
//   - SQLite's write-ahead log does not work over a network share: let only one
//     computer at a time use a register that lies on one.
//   - Nothing here is encrypted, and deleted or overwritten values may stay in
//     the file until its pages are used again.
//   - A disk that lies about having written may still lose what was committed.
//
// On PostgreSQL:
//
//   - Several desks write one after another; events are numbered without gaps.
//   - A change waits for the server a few times, not once for every statement: what it
//     writes goes out together, before it next reads and when it ends.
//   - What a login sees and changes is decided by its duty ([Allow]) and enforced by
//     row-level security, whatever program it uses: ICT of the trust, ICT of some
//     sites, or an auditor who only reads.
//   - A site's login cannot verify the log, rebuild or back up, since it does not see
//     all events. It sees the names and keys of everybody, which the directory names
//     too, and can read a blob whose digest it knows.
//   - Who owns the database, or runs the server, can change anything; the log shows it.
//   - A server on another computer is spoken to encrypted, its certificate checked.
//
// The SQL is the same for both, apart from the migrations, the search and what is
// in dialect.go.
package store
