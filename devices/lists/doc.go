// Package lists reads lists of devices as spreadsheets and other registers save them, and proposes what their
// columns mean to the register.
//
// # Promised
//
// A list is taken as it comes: UTF-8, UTF-16 or Windows-1252, with or without a mark at its beginning; with commas,
// semicolons, tabs or bars, named by a line "sep=;" or not; with cells that have line breaks. What it was taken for
// is told. Nothing is guessed in silence: [Propose] makes a [Mapping] to be shown first, and the same list read with
// the same Mapping gives the same rows for ever. Reading is bounded, whatever the file holds, and every fault of it
// is told with its line.
//
// # Not promised
//
// What a system means by its words may be something else than was proposed; whoever imports decides. Workbooks
// (.xlsx, .ods) are not read, but named as what they are.
//
// A [Table] may be read by several goroutines at once.
package lists
