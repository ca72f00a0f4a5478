package crypt

// batch is a run of plaintext chunks to be sealed. Its buffers are made when
// they are first needed and then kept.
type batch struct {
	in, out []byte
	n       int    // bytes of in that are filled, whole chunks unless it is the last
	number  uint64 // of the first chunk
	last    bool   // the last chunk of the stream is in this batch
	nonce   nonce
}

// smallestBatch is the room that a stream starts with.
const smallestBatch = 16 << 10

// grow makes more room in a batch that is filled.
func (b *batch) grow() {
	bigger := make([]byte, min(max(2*len(b.in), smallestBatch), batchSize))
	copy(bigger, b.in[:b.n])
	clear(b.in)
	b.in = bigger
}

// completeChunks is how many bytes are in whole chunks that are followed by more,
// so that none of them can be the last of the stream.
func (b *batch) completeChunks() int {
	return max(0, b.n-1) / chunkSize * chunkSize
}

// seal fills out with the sealed chunks.
func (b *batch) seal(p payload) {
	if need := b.n + max(1, (b.n+chunkSize-1)/chunkSize)*overhead; cap(b.out) < need {
		b.out = make([]byte, 0, need)
	}
	b.out = b.out[:0]
	number := b.number
	for start := 0; start < b.n || start == 0; start += chunkSize {
		end := min(start+chunkSize, b.n)
		b.out = p.seal(&b.nonce, b.out, b.in[start:end], number, b.last && end == b.n)
		number++
	}
}

// wipe clears the plaintext.
func (b *batch) wipe() { clear(b.in) }
