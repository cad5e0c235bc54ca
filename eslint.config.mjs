import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Size limits: strict where the product lives, looser where tools and tests live. */
const limits = ({ lines, functionLines, complexity, params }) => ({
  'max-lines': ['error', { max: lines, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: functionLines, skipBlankLines: true, skipComments: true }],
  // An exhaustive switch over a union counts once: each case is a row of a table.
  complexity: ['error', { max: complexity, variant: 'modified' }],
  'max-params': ['error', params],
  'max-depth': ['error', 3],
});

export default defineConfig(
  { ignores: ['dist', 'node_modules', '.local', 'coverage', 'reports', 'hooks/api/generated'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
        { selector: 'ExportAllDeclaration', message: 'No barrel files: import from the file that defines the name.' },
      ],
    },
  },
  {
    files: ['hooks/**/*.ts'],
    rules: { ...limits({ lines: 200, functionLines: 40, complexity: 10, params: 4 }), 'no-console': 'error' },
  },
  {
    files: ['local/**/*.ts', 'scripts/**/*.ts', 'bench/**/*.ts'],
    rules: limits({ lines: 300, functionLines: 60, complexity: 14, params: 5 }),
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      ...limits({ lines: 300, functionLines: 300, complexity: 14, params: 5 }),
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', module: 'writable' } },
  },
);
