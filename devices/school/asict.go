package school

import (
	"context"

	"stowage/crypt/stick"
)

// OpenAsICT opens a stick of the school with the recovery key. The caller
// closes it.
func (s *School) OpenAsICT(ctx context.Context, fsys stick.FS, o stick.OpenOptions) (*stick.Stick, error) {
	a, err := s.Authority()
	if err != nil {
		return nil, err
	}
	o.Program, o.Clock = Program, s.options.Clock
	return stick.Open(ctx, fsys, stick.WithRecovery(a.Identities(), a.Verifier()), o)
}
