package layer

import "math/bits"

// Sizes of the age payload; the age specification, "Payload".
const (
	ageChunk = 64 << 10
	ageTag   = 16
	ageNonce = 16
)

// PadUnit is what encrypted files are padded to: FAT would use it up anyway.
const PadUnit = 32 << 10

// PaddedSize returns the size that an encrypted file of at least the given
// size gets: the next multiple of 32 KiB, and above 1 MiB the next size of
// Padmé (Nikitin and others, PETS 2019), which says at most a few leading bits
// of the size and costs at most 3 % here.
func PaddedSize(size int64) int64 {
	unit := int64(PadUnit)
	if size > 1<<20 {
		exponent := bits.Len64(uint64(size)) - 1
		unit = int64(1) << (exponent - bits.Len(uint(exponent)))
	}
	return (size + unit - 1) / unit * unit
}

// SealedSize returns the size of an age payload, nonce included.
func SealedSize(plain int64) int64 {
	chunks := max(1, (plain+ageChunk-1)/ageChunk)
	return ageNonce + plain + chunks*ageTag
}

// paddedPlain returns to what size a plaintext is to be extended, to a multiple
// of unit, so that its age file with a header of that size comes as near to the padded size
// as it can without exceeding it.
func paddedPlain(plain, header, unit int64) int64 {
	target := PaddedSize(header+SealedSize(plain)) - header - ageNonce
	chunks := (target + ageChunk + ageTag - 1) / (ageChunk + ageTag)
	padded := (target - chunks*ageTag) / unit * unit
	return max(plain, padded)
}
