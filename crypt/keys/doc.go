// Package keys makes and opens what a school's ICT issues: the authority,
// holders' keys, sticks' identities, recovery codes and the signed directory.
//
// # Files
//
//   - A key file is an age identity file. Comment lines "# name: value" say whose
//     it is; the first is "# stowage: KIND v1". The authority's and the holders'
//     are encrypted with a passphrase (age's scrypt, work factor 18 or more); a
//     stick's is encrypted to its holder and the recovery key ([WrapFor]), and to
//     a recovery code ([SealWithCode]).
//   - A signed text is a C2SP signed note (c2sp.org/signed-note). The directory is
//     one: the line "stowage directory v1", then JSON.
//
// # What is promised
//
//   - Nothing is a format of its own, so nothing needs Stowage. "age -d FILE" turns
//     a key file into a plain identity file, "age -d -i FILE" uses either. In the
//     verifier key NAME+HASH+BASE64 of a note, BASE64 is the byte 1 and an Ed25519
//     public key; in the line "— NAME BASE64" after its text, BASE64 is four bytes
//     of HASH and the signature of the text with its last line end.
//   - What a passphrase protects authenticates everything else: a holder's key
//     file carries the school's note verifier key inside, so whoever unlocks it
//     knows whose directory and whose sticks to believe.
//   - Post-quantum hybrid keys are the default. They cannot share an age header
//     with X25519 keys, so the recovery key has one identity of each [Class],
//     and [WrapFor] wraps once a class.
//   - A passphrase is the same on every system: Unicode NFC, without space around
//     it. Whoever types one into stock age has to do the same.
//   - A copy of a key whose passphrase was set later says so, whatever the clocks
//     say; and nothing is written that this package could not read again.
//   - What a later version wrote is [ErrNewer], not damage: a higher version, and a word
//     that decides something. Fields that are not known are passed over, stay in a
//     key file that is written again, and keep a directory from being signed again
//     ([Directory.Complete]).
//   - Everything parsed is bounded, and refused rather than guessed at. Errors
//     never quote a secret.
//
// # What is not promised
//
//   - A passphrase estimate ([Judge]) is an estimate. It knows common
//     passwords, names, dates and keyboard walks; it does not know the holder.
//   - Revoking stops honest programs from encrypting to a key. It cannot take
//     back what the key has opened or can open.
//   - A directory that is believed at first sight ([OpenDirectory] without a
//     verifier key) could be anybody's. One that is withheld is not missed: only
//     its number and its age tell.
//   - Byte slices that hold secrets are wiped, but age, zxcvbn and the signing code
//     keep secrets in Go strings and values that cannot be wiped, for as long as
//     the garbage collector leaves them in memory. Nothing is locked into memory.
package keys
