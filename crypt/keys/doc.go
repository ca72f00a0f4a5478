// Package keys makes and opens what a school's ICT issues: the authority,
// holders' keys, sticks' identities, recovery codes and the signed directory.
//
// # What is promised
//
//   - Nothing is a format of its own. Keys are age identity files, protected by
//     age's passphrase encryption or encrypted to age recipients; signed texts
//     are C2SP signed notes (golang.org/x/mod/sumdb/note). Stock age opens every
//     one of them: "age -d -i KEYFILE".
//   - What a passphrase protects authenticates everything else: a holder's key
//     file carries the school's note verifier key inside, so whoever unlocks it
//     knows whose directory and whose sticks to believe.
//   - Post-quantum hybrid keys are the default. They cannot share an age header
//     with X25519 keys, so the recovery key has one identity of each [Class],
//     and [WrapFor] wraps once a class.
//   - Everything parsed is bounded, and refused rather than guessed at.
//
// # What is not promised
//
//   - A passphrase estimate ([Judge]) is an estimate. It knows common
//     passwords, names, dates and keyboard walks; it does not know the holder.
//   - Revoking stops honest programs from encrypting to a key. It cannot take
//     back what the key has opened or can open.
//   - Byte slices that hold secrets are wiped, but age and the signing code keep
//     secrets in Go strings and values that cannot be wiped, for as long as the
//     garbage collector leaves them in memory.
package keys
