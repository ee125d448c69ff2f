import { Link } from "@tanstack/react-router";

import { passwordPages } from "../../shared/account/PasswordPages";

export const { SetPasswordPage, ForgottenPage } = passwordPages({ back: (text) => <Link to="/sign-in">{text}</Link> });
