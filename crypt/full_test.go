package crypt_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt"
	"stowage/crypt/fault"
	"stowage/crypt/safefile"
	"stowage/crypt/smalldrive"
)

// TestFullDrive encrypts and decrypts files and folders onto a real drive that has so
// many bytes left, from none on until it is enough: it is said that the drive is full,
// nothing is left there, what was there is as it was, and with room the same works.
// So it is with a drive whose switch is set to read-only.
func TestFullDrive(t *testing.T) {
	id := x25519(t)
	from := t.TempDir()
	tree(t, from, map[string]string{"plain": string(plaintext(200_000)), "folder/a": string(plaintext(90_000)), "folder/b/c": "see"})
	sealed, folder := filepath.Join(from, "plain.age"), filepath.Join(from, "folder.tar.age")
	plain, dir := filepath.Join(from, "plain"), filepath.Join(from, "folder")
	ctx := t.Context()
	encryptFolder := func(src, dst string, o crypt.FileOptions) error {
		_, err := crypt.EncryptFolder(ctx, src, dst, o, id.Recipient())
		return err
	}
	if err := errors.Join(crypt.EncryptFile(ctx, plain, sealed, crypt.FileOptions{}, id.Recipient()), encryptFolder(dir, folder, crypt.FileOptions{})); err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func(ctx context.Context, to string) error{
		"encrypt a file": func(ctx context.Context, to string) error {
			return crypt.EncryptFile(ctx, plain, to, crypt.FileOptions{Replace: true}, id.Recipient())
		},
		"decrypt a file": func(ctx context.Context, to string) error {
			return crypt.DecryptFile(ctx, sealed, to, crypt.FileOptions{Replace: true}, id)
		},
		"encrypt a folder": func(_ context.Context, to string) error {
			return encryptFolder(dir, to, crypt.FileOptions{Replace: true})
		},
		"write a small file": func(_ context.Context, to string) error {
			return safefile.Write(to, plaintext(50_000), true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			drive := smalldrive.New(t, 1<<20)
			tree(t, drive, map[string]string{"result": "what was there before"})
			failed := 0
			for free := int64(0); ; free += 12 << 10 {
				room := smalldrive.Fill(t, drive, free)
				err := do(ctx, filepath.Join(drive, "result"))
				room()
				if err == nil {
					break
				}
				failed++
				if fault.Of(err) != fault.ErrFull {
					t.Fatalf("with %d bytes left: %v", free, err)
				}
				onlyThese(t, drive, "result")
				if got := readTree(t, drive)["result"]; got != "what was there before" {
					t.Fatalf("with %d bytes left it holds %d bytes", free, len(got))
				}
			}
			if failed < 3 {
				t.Errorf("it failed only %d times", failed)
			}
			onlyThese(t, drive, "result")
			smalldrive.ReadOnly(t, drive, true)
			if err := do(ctx, filepath.Join(drive, "other")); fault.Of(err) != fault.ErrReadOnly {
				t.Errorf("with its switch set: %v", err)
			}
			smalldrive.ReadOnly(t, drive, false)
			if err := do(ctx, filepath.Join(drive, "other")); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("unpack a folder", func(t *testing.T) {
		drive := smalldrive.New(t, 1<<20)
		room := smalldrive.Fill(t, drive, 40<<10)
		err := crypt.DecryptFolder(ctx, folder, filepath.Join(drive, "out"), crypt.FileOptions{}, id)
		if fault.Of(err) != fault.ErrFull {
			t.Errorf("%v", err)
		}
		room()
		onlyThese(t, drive)
		if err := crypt.DecryptFolder(ctx, folder, filepath.Join(drive, "out"), crypt.FileOptions{}, id); err != nil {
			t.Error(err)
		}
		if data, err := os.ReadFile(filepath.Join(drive, "out", "folder", "b", "c")); err != nil || string(data) != "see" {
			if data, err = os.ReadFile(filepath.Join(drive, "out", "b", "c")); err != nil || string(data) != "see" {
				t.Errorf("%q, %v", data, err)
			}
		}
	})
}
