// Package crypt encrypts and decrypts age files (age-encryption.org/v1), as
// streams, at random, in memory, and as files and folders on disk.
//
// # What is promised
//
//   - Every file it writes is a plain age file that any age 1.x implementation
//     with the right identity can read; every valid age file, armored or not,
//     can be read by it. Headers, recipients and key wrapping are entirely
//     those of filippo.io/age.
//   - Plaintext is released only after the 64 KiB chunk it belongs to has been
//     authenticated. A stream that ends early, goes on too long or was altered
//     ends in [ErrDamaged] after the chunks before the damage.
//   - The file functions show a result under its final name only when it is
//     complete and synced; a failed or cancelled run leaves nothing behind, and
//     an existing file is replaced only when the caller asks for it.
//
// # What is not promised
//
//   - A reader of a stream has seen authentic chunks, but knows that the file
//     is complete only when it has read to a clean end of file.
//   - Anyone who knows a recipient can encrypt to it: a file that decrypts says
//     nothing about who made it. Package stick adds that where it matters.
//   - The size of the plaintext is visible from the size of the age file.
//   - File keys are wiped where this package owns them, but the Go runtime, the
//     age package and the operating system may keep copies of keys and
//     plaintext in memory.
//
// # Parallel streams
//
// The payload of large streams is sealed and opened on all cores. It is the
// published STREAM construction of the age specification (section "Payload"):
// 64 KiB chunks of ChaCha20-Poly1305 under HKDF-SHA-256 of the file key and a
// nonce, numbered, with the last one marked. The file key is taken by a
// recipient that watches the first real one wrap it; small streams go straight
// through the age package.
package crypt
