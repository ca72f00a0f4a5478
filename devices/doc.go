// Package devices is the school's register: who holds which device and which
// key, how each device is protected, and everything that ever happened to it.
//
// A [Register] is the way in. Each of its changes is one transaction of its
// [Store] (package stowage/devices/store keeps it in SQLite): the change is
// checked, appended as an [Event], and applied to the present state, all or
// nothing. Events are the truth and are only ever appended; the present state
// (devices, holders, keys, loans) is derived from them by one function, so
// that [Register.Rebuild] can make it again and [Register.Check] can prove
// that nobody edited it by hand.
//
// What is promised:
//
//   - A change is in the register, safely on disk, when its method returns nil,
//     and has left no trace at all when it returns an error or its context ends.
//   - Events are numbered 1, 2, 3 … without gaps, carry who did it and when
//     (UTC, to the second), and have one canonical form ([Event.Canonical]).
//   - A device goes only from state to state as [Next] says; everything else is
//     a [*Refusal] that names what can be done instead.
//   - Every event is a leaf of a Merkle log ([Tree]). What the register was at a
//     [Witness] from outside cannot be changed unseen afterwards: an event that
//     is edited, deleted, moved or cut off is named by [Register.VerifyLog].
//   - Two desks never overwrite each other unseen: a change made on the basis of
//     an older version of a record is refused with [ErrChanged].
//   - Encryption is never a bare tick: a [Verification] says how it was found,
//     by whom and when.
//   - What comes out of a CSV file or the database is checked before it is used.
//
// What is not promised:
//
//   - The register decides nothing about who may do what: an actor is a name
//     that the caller vouches for.
//   - Someone who can write to the database can rewrite it, events and log
//     included; that it was done shows only against a checkpoint kept elsewhere,
//     and what was there before comes only from a backup.
//   - Personal data stays in the events of its day; it is not erased singly.
//   - The register is not encrypted. Keep it where only ICT can read, and
//     encrypt the backups that leave the building.
//
// A Register may be used from several goroutines at once. The package knows
// nothing of keys' secrets, age or screens; telephone recovery codes are kept
// only as the opaque ciphertext that the caller hands in.
package devices
