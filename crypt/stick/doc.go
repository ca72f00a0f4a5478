// Package stick is the encrypted stick: a folder on a drive, called stowage,
// in which files lie packed and encrypted in layers. FORMAT.md beside this
// file specifies what is on the drive, and how to read it without this package.
//
// # What is promised
//
//   - What was reported as stored stays stored, when the stick is pulled, the
//     drive is full or the program dies at any moment. The next [Open] needs no
//     repair by hand: an interrupted change is there whole or not at all.
//   - Without a key of the stick, nothing of names, contents, dates or sizes of
//     single files can be read. With one, what is read is authentic and in its
//     order: a layer that was forged, swapped, reordered or taken away is named
//     in [Stick.Warnings] and not read.
//   - Whatever is on a stick, reading it writes nothing outside the folder chosen.
//   - Everything is a plain age file, a plain tar or a C2SP signed note.
//   - A backup is made without a key, and nothing that a stick shows later takes
//     from it what it holds.
//
// # What is not promised
//
//   - Somebody with the stick in hand sees how much is stored, roughly when and
//     in what steps, and to which school it belongs.
//   - Somebody can put the whole stick back to an earlier state. It is noticed
//     only by who knows the newer one: see [OpenOptions.LastSeen].
//   - Flash memory keeps copies that no program can reach; [Stick.EraseForGood]
//     reduces traces and cannot promise more.
//   - A holder of the stick's key can write anything, as that holder.
//
// # Concurrency
//
// A [Stick] is safe for concurrent use. Changes happen one after the other;
// reading goes on meanwhile and sees each change when it is complete.
package stick
