package main

// The search: SHA-256 of one block whose last word of content is the nonce, four nonces at a time in the four lanes of a
// vector. The first eight words of the block are the same for all parts, so the script hands over the state after eight
// rounds, and the module does the other 56. Only the first word of the digest is looked at: at most 32 zero bits are asked.
//
// The module's memory, in bytes; the script fills all but the schedule's end:
//
//	0     the message schedule, 64 words, each four times over (the script fills the first 16)
//	1024  the 64 constants of SHA-256
//	1280  the state after eight rounds, 8 words
const (
	constants = 1024
	midstate  = 1280
	nonceWord = 9 * lane
	lane      = 16 // bytes of a word four times over
	initial   = 0x6a09e667
)

// Value types and instructions, by their names in the specification.
const (
	i32  = 0x7f
	v128 = 0x7b

	opLoop     = 0x03
	opIf       = 0x04
	opEnd      = 0x0b
	opBranchIf = 0x0d
	opReturn   = 0x0f
	opGet      = 0x20
	opSet      = 0x21
	opTee      = 0x22
	opConst    = 0x41
	opEqz      = 0x45
	opLess     = 0x49 // unsigned
	opTrailing = 0x68
	opAdd      = 0x6a
	opShift    = 0x74 // left

	simd          = 0xfd
	simdLoad      = 0
	simdLoadSplat = 9
	simdStore     = 11
	simdConst     = 12
	simdSplat     = 17
	simdEqual     = 55
	simdXor       = 81
	simdSelect    = 82
	simdAllTrue   = 163
	simdBitmask   = 164
	simdLeft      = 171
	simdRight     = 173
	simdAdd       = 174
)

// Locals of the function; a to h follow from state on.
const (
	nonce = iota // the first to try; afterwards the next
	end          // the first not to try
	shift        // 32 less the zero bits asked for
	at           // of the round: bytes into the constants
	a
	word = a + 8 // and of the digest
)

// module is find(nonce, end, shift): the first nonce from nonce on, before end, whose digest has its zero bits, or -1. Four
// are tried at a time, so nonce and end are multiples of four.
func module() []byte {
	m := []byte("\x00asm\x01\x00\x00\x00")
	m = section(m, 1, 1, 0x60, 3, i32, i32, i32, 1, i32)
	m = section(m, 3, 1, 0)
	m = section(m, 5, 1, 0, 1) // one page
	m = section(m, 7, 2, 1, 'f', 0, 0, 1, 'm', 2, 0)
	body := code{2, 1, i32, 9, v128}
	body.find()
	return section(m, 10, append(leb([]byte{1}, len(body)), body...)...)
}

func section(m []byte, id byte, content ...byte) []byte {
	return append(leb(append(m, id), len(content)), content...)
}

// leb appends a number in the variable form of the specification.
func leb(b []byte, n int) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// code is a function's body while it is written.
type code []byte

func (c *code) op(bytes ...byte) { *c = append(*c, bytes...) }
func (c *code) simd(op int)      { *c = leb(append(*c, simd), op) }
func (c *code) get(local int)    { c.op(opGet, byte(local)) }
func (c *code) set(local int)    { c.op(opSet, byte(local)) }
func (c *code) add()             { c.simd(simdAdd) }
func (c *code) xor()             { c.simd(simdXor) }
func (c *code) vector(op, offset int) { // of memory; the alignment is a hint and not given
	c.simd(op)
	*c = leb(append(*c, 0), offset)
}

// number is a constant; signed, so its last byte must leave the sign bit free.
func (c *code) number(n int32) {
	*c = append(*c, opConst)
	for ; n > 0x3f || n < -0x40; n >>= 7 {
		*c = append(*c, byte(n)|0x80)
	}
	*c = append(*c, byte(n)&0x7f)
}

// shifted pushes a local's words shifted by n bits, left or right.
func (c *code) shifted(local, op, n int) {
	c.get(local)
	c.number(int32(n))
	c.simd(op)
}

// mixed pushes the exclusive or of a local's words rotated right by each of the turns and shifted right by the last, if any.
func (c *code) mixed(local, last int, turns ...int) {
	for i, n := range turns {
		c.shifted(local, simdRight, n)
		if i > 0 {
			c.xor()
		}
		c.shifted(local, simdLeft, 32-n)
		c.xor() // the halves of a rotation have no bit in common
	}
	if last > 0 {
		c.shifted(local, simdRight, last)
		c.xor()
	}
}

func (c *code) find() {
	c.op(opLoop, 0x40)

	// The four nonces go into the schedule.
	c.number(0)
	c.get(nonce)
	c.simd(simdSplat)
	c.simd(simdConst)
	c.op(0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0)
	c.add()
	c.vector(simdStore, nonceWord)

	c.schedule()
	for i := range 8 {
		c.number(0)
		c.vector(simdLoadSplat, midstate+4*i)
		c.set(a + i)
	}
	c.rounds()

	// A word of the digest that begins with the zero bits is zero once they alone are left.
	c.get(a)
	c.number(initial)
	c.simd(simdSplat)
	c.add()
	c.get(shift)
	c.simd(simdRight)
	c.op(opTee, word)
	c.simd(simdAllTrue)
	c.op(opEqz, opIf, 0x40)
	c.get(nonce)
	c.get(word)
	c.simd(simdConst)
	c.op(make([]byte, 16)...)
	c.simd(simdEqual)
	c.simd(simdBitmask)
	c.op(opTrailing, opAdd, opReturn)
	c.op(opEnd)

	c.get(nonce)
	c.number(4)
	c.op(opAdd, opTee, nonce)
	c.get(end)
	c.op(opLess, opBranchIf, 0)
	c.op(opEnd)
	c.number(-1)
	c.op(opEnd)
}

// schedule fills words 16 to 63 of the schedule. Doing several in a turn of the loop was not quicker.
func (c *code) schedule() {
	load := func(n int) {
		c.get(at)
		c.vector(simdLoad, n*lane)
	}
	c.number(0)
	c.set(at)
	c.op(opLoop, 0x40)
	c.get(at)
	load(0)
	load(9)
	c.add()
	load(1)
	c.set(word)
	c.mixed(word, 3, 7, 18)
	c.add()
	load(14)
	c.set(word)
	c.mixed(word, 10, 17, 19)
	c.add()
	c.vector(simdStore, 16*lane)
	c.loop(lane, 48*lane)
}

// loop ends a loop over at.
func (c *code) loop(step, until int32) {
	c.get(at)
	c.number(step)
	c.op(opAdd, opTee, at)
	c.number(until)
	c.op(opLess, opBranchIf, 0, opEnd)
}

// rounds does rounds 8 to 63, one in a turn of the loop. Eight in a turn, without moving the words along, were hardly quicker and
// eight times as long.
func (c *code) rounds() {
	r := func(n int) int { return a + n } // a to h
	c.number(8 * 4)
	c.set(at)
	c.op(opLoop, 0x40)
	c.get(r(7))
	c.get(at)
	c.number(2) // a constant has 4 bytes, a word of the schedule 16
	c.op(opShift)
	c.vector(simdLoad, 0)
	c.add()
	c.get(at)
	c.vector(simdLoadSplat, constants)
	c.add()
	c.get(r(5))
	c.get(r(6))
	c.get(r(4))
	c.simd(simdSelect)
	c.add()
	c.mixed(r(4), 0, 6, 11, 25)
	c.add()
	c.set(word)

	c.get(r(2)) // the majority: c where a and b differ, else b
	c.get(r(1))
	c.get(r(0))
	c.get(r(1))
	c.xor()
	c.simd(simdSelect)
	c.mixed(r(0), 0, 2, 13, 22)
	c.add()
	c.get(word)
	c.add() // the new a stays on the stack while the others move along

	for n := 7; n > 0; n-- {
		c.get(r(n - 1))
		if n == 4 {
			c.get(word)
			c.add()
		}
		c.set(r(n))
	}
	c.set(r(0))
	c.loop(4, 64*4)
}
