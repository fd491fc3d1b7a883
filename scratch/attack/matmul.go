package main

// lanes is what all channel counts are multiples of.
const lanes = 16

// tileRows is how many rows of the product tile makes at once.
const tileRows = 5

// matmul adds the product of a and b to c. c has m rows of n, b has k rows of n, both row after row; element (i, p) of the
// m x k matrix a is a[i*rowStep+p*columnStep], so that a transposed matrix needs no copy. n is a multiple of lanes.
//
// Nearly all of the time of training goes here. On amd64 the inner part uses the vector registers, which is about
// fifteen times as quick as plain Go: an attacker would.
func matmul(c, a, b []float32, m, k, n, rowStep, columnStep int) {
	if n%lanes != 0 || m < 1 || k < 1 || len(c) < m*n || len(b) < k*n || len(a) <= (m-1)*rowStep+(k-1)*columnStep {
		panic("attack: matrices that do not fit") // tile looks at no bounds
	}
	block := k
	if columnStep != 1 {
		block = 64 // so that the rows of a that one tile walks down are still near when the next tile does
	}
	for p := 0; p < k; p += block {
		stretch(c, a[p*columnStep:], b[p*n:], m, min(block, k-p), n, rowStep, columnStep)
	}
}

// stretch is matmul for a stretch of columns of a and rows of b.
func stretch(c, a, b []float32, m, k, n, rowStep, columnStep int) {
	i := 0
	if vectors {
		for ; i+tileRows <= m; i += tileRows {
			for j := 0; j < n; j += lanes {
				tile(&c[i*n+j], &a[i*rowStep], &b[j], k, n, rowStep, columnStep)
			}
		}
	}
	for ; i < m; i++ {
		oneRow(c[i*n:(i+1)*n], a[i*rowStep:], b, k, n, columnStep)
	}
}

// oneRow is the product of one row of a, in plain Go.
func oneRow(c, a, b []float32, k, n, columnStep int) {
	for p := range k {
		v := a[p*columnStep]
		if v == 0 {
			continue // half of what comes out of a rectifier
		}
		row := b[p*n : p*n+n]
		for j, w := range row {
			c[j] += v * w
		}
	}
}

// transposed is the n x m matrix of an m x n one.
func transposed(out, a []float32, m, n int) {
	for i := range m {
		for j := range n {
			out[j*m+i] = a[i*n+j]
		}
	}
}
