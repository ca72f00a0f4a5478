package school

import (
	"context"
	"errors"
)

// Unlock unlocks the authority, and does what has waited for it: it publishes the directory if the register has
// moved on without it, keeps what was on devices that were lost meanwhile, and signs a checkpoint of the events that
// are new. It fails as [School.UnlockAuthority] does; a [*PublishError] leaves the authority unlocked.
func (s *School) Unlock(ctx context.Context, passphrase []byte) error {
	err := s.UnlockAuthority(ctx, passphrase)
	if _, published := errors.AsType[*PublishError](err); err != nil && !published {
		return err
	}
	s.ListOpen(ctx)
	// A checkpoint that cannot be signed now keeps nobody out: whatever needs one
	// signs it then, and says what is wrong.
	_, _ = s.Checkpoint(ctx)
	return err
}
