package staff_test

import (
	"testing"

	"stowage/crypt/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }
