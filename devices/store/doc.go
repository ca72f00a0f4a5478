// Package store keeps the register of package devices: [SQLite] in one file,
// for one desk or several programs on one computer.
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
// The SQL is kept to what PostgreSQL knows too, apart from the migrations and
// from search, which is in its own file.
package store
