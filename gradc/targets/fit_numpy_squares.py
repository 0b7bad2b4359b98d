"""The parts of NAME_fit.py that fit a sum of squares."""

from __future__ import annotations

GOAL_RESIDUALS = '''
    def residuals(self, theta):
        """One residual a row."""
        self.fn += 1
        return self._rows(theta)[0]

    def jacobian(self, theta):
        """Derivatives of the residuals, a column for each parameter."""
        self.gr += 1
        self.path.append(np.array(theta))
        return self._rows(theta)[1]

    def _rows(self, theta):
        theta = np.array(theta)
        if getattr(self, "at", None) is None or not np.array_equal(theta, self.at):
            arguments, place = [], 0
            for shape in PARAMETERS.values():
                count = int(np.prod(shape))
                part = theta[place : place + count]
                arguments.append(part.reshape(shape, order="F") if shape else part[0])
                place += count
            with np.errstate(all="ignore"):
                value, gradients = residuals.value_and_grad(*arguments, *self.data)
            columns = [np.asarray(g) for g in gradients]
            if not np.ndim(value):
                value, columns = np.atleast_1d(value), [g[None] for g in columns]
            # An array of matrices, one a row, has its columns in the order of theta.
            columns = [np.swapaxes(g, 1, 2) if g.ndim == 3 else g for g in columns]
            self.rows = value, np.column_stack([g.reshape(len(value), -1) for g in columns])
            self.at = theta
        return self.rows
'''

LEAST_SQUARES = '''

def offset(goal, theta):
    """How far the optimum is, as nls() measures it, and the step of Gauss and Newton to it.

    Bates and Watts (1981): the part of the residuals that the tangent plane can still take
    away, relative to the rest of them.
    """
    rows, jacobian = goal.residuals(theta), goal.jacobian(theta)
    step = np.zeros(len(theta))
    if not (np.all(np.isfinite(rows)) and np.all(np.isfinite(jacobian))):
        return np.inf, step
    free = goal.free(theta, 2.0 * (rows @ jacobian))
    jacobian = jacobian[:, free]
    scale = np.sqrt(np.sum(jacobian**2, axis=0))
    n, p = jacobian.shape
    if p == 0:
        return 0.0, step
    if n < p or not np.all(scale > 0.0):
        return np.inf, step
    q, r, order = linalg.qr(jacobian / scale, mode="economic", pivoting=True)
    if abs(r[-1, -1]) <= 1e-14 * abs(r[0, 0]):
        return np.inf, step
    taken = q.T @ rows
    solved = np.zeros(p)
    solved[order] = linalg.solve_triangular(r, taken)
    step[free] = solved / scale
    # The noise of rounding is no residual that anything could take away.
    noise = 1e-10 * np.sqrt(np.mean(rows**2) + np.mean((jacobian @ np.abs(theta[free])) ** 2))
    rest = np.sqrt(max(rows @ rows - taken @ taken, 0.0) / max(n - p, 1))
    return float(np.sqrt(taken @ taken / p) / (rest + noise + 1e-300)), step


def refine(goal, theta):
    """Steps of Gauss and Newton near the optimum, as long as they bring it nearer."""
    far, step = offset(goal, theta)
    rows = goal.residuals(theta)
    squares = float(np.sum(rows**2))
    # What rounding of the fitted values makes of the sum.
    reach = np.abs(goal.jacobian(theta)) @ np.abs(theta)
    slack = 1e-15 * np.sqrt(squares * np.sum(reach**2)) + 1e-14 * squares
    for _ in range(50):
        if not 1e-12 < far < np.inf:
            break
        for share in (1.0, 0.5, 0.25, 0.1, 0.01):
            trial = goal.clip(theta - share * step)
            total = float(np.sum(goal.residuals(trial) ** 2))
            if total <= squares + slack:
                nearer, next_step = offset(goal, trial)
                if nearer < far:
                    break
        else:
            break
        theta, squares, far, step = trial, total, nearer, next_step
    return theta, squares, far


def search(goal, start):
    """The best of several least squares searches, the first one that arrives."""
    size = np.maximum(np.abs(start), 1e-8)
    ways = [("trf", "jac"), ("dogbox", "jac"), ("trf", size), ("trf", 1.0)]
    if not goal.bounded() and len(goal.residuals(start)) >= len(start):
        ways = [("lm", "jac"), ("lm", size), *ways]
    best = None
    for method, scale in ways:
        limits = (-np.inf, np.inf) if method == "lm" else (goal.lower, goal.upper)
        try:
            found = optimize.least_squares(
                goal.residuals, start, goal.jacobian, limits, method, 1e-15, 1e-15, 1e-15,
                x_scale=scale, max_nfev=1000)
        except (ValueError, np.linalg.LinAlgError) as error:
            best = best or (start, np.inf, np.inf, str(error), False)
            continue
        theta, squares, far = refine(goal, found.x)
        message = f"{method}: {found.message}"
        if best is None or (far <= 1e-5, -squares) > (best[2] <= 1e-5, -best[1]):
            best = theta, squares, far, message, bool(found.success)
        if far <= 1e-5:
            break
    theta, squares, far, message, claimed = best
    return theta, message, claimed
'''

SQUARES_ERRORS = '''

def standard_errors(goal, theta):
    """Square roots of the diagonal of s^2 (J'J)^-1; NaN where the data do not tell."""
    rows, jacobian = goal.residuals(theta), goal.jacobian(theta)
    errors = np.full(len(theta), np.nan)
    free = goal.free(theta, 2.0 * (rows @ jacobian))
    jacobian = jacobian[:, free]
    n, p = jacobian.shape
    scale = np.sqrt(np.sum(jacobian**2, axis=0))
    if not (0 < p < n and np.all(np.isfinite(jacobian)) and np.all(scale > 0.0)):
        return errors
    r = linalg.qr(jacobian / scale, mode="r")[0][:p]
    if np.min(np.abs(np.diag(r))) <= 1e-14 * np.max(np.abs(np.diag(r))):
        return errors
    inverse = linalg.solve_triangular(r, np.eye(p))
    errors[free] = np.sqrt(np.sum(inverse**2, axis=1) * (rows @ rows) / (n - p)) / scale
    return errors


SE_KIND = "least squares"
'''
